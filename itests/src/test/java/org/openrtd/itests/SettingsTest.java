package org.openrtd.itests;

import static org.junit.Assert.assertEquals;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.w3c.dom.Element;

/** Each setting that a bundle describes stands in its file in {@code etc}, and in the operators' document. */
public class SettingsTest {

    @Test
    public void namesEachSettingInItsFile() throws Exception {
        List<String> missing = new ArrayList<>();
        for (var pid : Metatype.described().entrySet()) {
            String file = Files.readString(
                    Metatype.ROOT.resolve("karaf-assembly/src/main/resources/etc/" + pid.getKey() + ".cfg"));
            for (Element setting : pid.getValue()) {
                String key = setting.getAttribute("id");
                if (file.lines().noneMatch(line -> line.matches("\\s*" + key.replace(".", "\\.") + "\\s*=.*"))) {
                    missing.add(pid.getKey() + " " + key);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    public void describesEachSettingToOperators() throws Exception {
        String document = Files.readString(Metatype.ROOT.resolve("docs/operations.md"));
        List<String> missing = new ArrayList<>();
        for (var pid : Metatype.described().entrySet()) {
            for (Element setting : pid.getValue()) {
                String line = "| `" + setting.getAttribute("id") + "` | " + value(setting) + " | "
                        + setting.getAttribute("description") + " |";
                if (!document.contains(line)) {
                    missing.add(pid.getKey() + ": " + line);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    private static String value(Element setting) {
        return setting.getAttribute("default").isEmpty() ? "" : "`" + setting.getAttribute("default") + "`";
    }
}
