package org.openrtd.itests;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.Test;

/**
 * Karaf's verification is green when it has verified nothing, and passes over a name that it does not find. So each feature
 * has to be named for it, and for the assembly's repository, exactly as the feature repository names it.
 */
public class FeaturesTest {

    /** Change it together with the features. */
    private static final int EXPECTED = 20;

    private final Path root = Path.of("").toAbsolutePath().getParent();

    @Test
    public void verifiesEachFeatureByName() throws IOException {
        assertEquals(EXPECTED, inTheRepository().size());
        assertEquals(inTheRepository(), named("features/pom.xml", "features"));
    }

    @Test
    public void hasEachFeatureInTheAssembly() throws IOException {
        assertEquals(inTheRepository(), named("karaf-assembly/pom.xml", "installedFeatures"));
    }

    private Set<String> inTheRepository() throws IOException {
        return matches(read("features/src/main/feature/feature.xml"), "<feature name=\"([^\"]+)\"");
    }

    private Set<String> named(String file, String element) throws IOException {
        String text = read(file);
        int from = text.indexOf("<" + element + ">");
        return matches(text.substring(from, text.indexOf("</" + element + ">")), "<feature>([^<]+)</feature>");
    }

    private String read(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    private static Set<String> matches(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
