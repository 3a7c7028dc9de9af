package org.openrtd.configuration.jms.internal;

import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;

/** One copy, as JMX shows it. */
public final class CopyLine {

    private final CopyReport report;

    CopyLine(CopyReport report) {
        this.report = report;
    }

    public String getNode() {
        return report.status().node();
    }

    public String getKind() {
        return report.status().kind().name();
    }

    public String getVia() {
        return report.via();
    }

    public String getFeedId() {
        return report.status().feedId();
    }

    public String getPosition() {
        return report.status().position().toString();
    }

    public long getRecoveryKey() {
        return report.status().position().sequence();
    }

    public long getLag() {
        return report.lag();
    }

    public long getLagMillis() {
        return report.lagMillis();
    }

    public String getState() {
        return report.status().state();
    }

    public String getDigests() {
        return report.status().digests().name();
    }

    public String getLastRepair() {
        CopyStatus.Repair repair = report.status().lastRepair();
        return repair == null ? "" : repair.time() + " " + repair.reason();
    }

    public String getAlarm() {
        return report.status().alarm();
    }

    public int getSchemaVersion() {
        return report.status().schemaVersion();
    }

    public long getAgeMillis() {
        return report.ageMillis();
    }
}
