package org.openrtd.web.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The page's files, those of the bundle's folder {@code page} alone. */
final class Pages {

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    record Page(byte[] bytes, String type, String etag) {}

    /** Finds a file of the folder. */
    interface Folder {
        /** @param path {@code index.html}, {@code charts/axis.js}; {@code null} when there is none */
        URL find(String path);
    }

    private final Folder folder;
    private final boolean keep;
    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    /** @param keep whether a file is read once only, as it cannot change */
    Pages(Folder folder, boolean keep) {
        this.folder = folder;
        this.keep = keep;
    }

    static Pages ofBundle() {
        return new Pages(path -> Pages.class.getResource("/page/" + path), true);
    }

    /** @param path begins with a slash; only what is a plain name in each of its parts can be one of the page's */
    Optional<Page> find(String path) {
        String name = path.equals("/") ? "index.html" : path.substring(1);
        if (!name.matches("([A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}/){0,4}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")) {
            return Optional.empty();
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            return Optional.empty();
        }
        Page known = pages.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        URL url = folder.find(name);
        if (url == null) {
            return Optional.empty();
        }
        try (InputStream in = url.openStream()) {
            byte[] bytes = in.readAllBytes();
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Page page = new Page(bytes, type, "\"" + digest.substring(0, 32) + "\"");
            if (keep) {
                pages.put(name, page);
            }
            return Optional.of(page);
        } catch (IOException | NoSuchAlgorithmException e) {
            return Optional.empty();
        }
    }
}
