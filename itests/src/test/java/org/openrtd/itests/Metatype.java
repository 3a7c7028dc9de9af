package org.openrtd.itests;

import static org.junit.Assert.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The settings that the bundles of this build describe, by PID. */
final class Metatype {

    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private Metatype() {}

    static Map<String, List<Element>> described() throws Exception {
        Map<String, List<Element>> result = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("bundles"), 6)) {
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

    /** The keys of the settings that are numbers, of each PID that has some, in the order of their description. */
    static Map<String, List<String>> numbers() throws Exception {
        Map<String, List<String>> numbers = new TreeMap<>();
        described().forEach((pid, settings) -> {
            List<String> keys = settings.stream()
                    .filter(setting -> List.of("Integer", "Long", "Double").contains(setting.getAttribute("type")))
                    .map(setting -> setting.getAttribute("id"))
                    .toList();
            if (!keys.isEmpty()) {
                numbers.put(pid, keys);
            }
        });
        return numbers;
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
