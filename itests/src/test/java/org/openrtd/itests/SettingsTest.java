package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Each setting that a bundle describes stands in its file in {@code etc}, and in the operators' document. */
public class SettingsTest {

    private final Path root = Path.of("").toAbsolutePath().getParent();

    @Test
    public void namesEachSettingInItsFile() throws Exception {
        List<String> missing = new ArrayList<>();
        for (var pid : described().entrySet()) {
            String file =
                    Files.readString(root.resolve("karaf-assembly/src/main/resources/etc/" + pid.getKey() + ".cfg"));
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
        String document = Files.readString(root.resolve("docs/operations.md"));
        List<String> missing = new ArrayList<>();
        for (var pid : described().entrySet()) {
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

    private Map<String, List<Element>> described() throws Exception {
        Map<String, List<Element>> result = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.resolve("bundles"), 6)) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.getParent().endsWith("OSGI-INF/metatype"))::iterator) {
                Document document = DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile());
                List<Element> settings = elements(document, "AD");
                for (Element designate : elements(document, "Designate")) {
                    result.put(designate.getAttribute("pid"), settings);
                }
            }
        }
        assertFalse("the bundles are built before", result.isEmpty());
        return result;
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
