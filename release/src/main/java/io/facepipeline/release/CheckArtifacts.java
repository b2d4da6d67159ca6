package io.facepipeline.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Checks a Maven repository in a folder for what public repositories ask of a release: the
 * artifacts that the BOM names and no others; each with jar, sources, Javadoc, SBOM, and a pom that
 * needs no parent; checksums that agree; signatures beside every file, where they are asked for.
 * With a second repository it checks that both hold the same bytes.
 *
 * <p>It is run from its source, by release/check.sh, and so stands on the JDK alone.
 */
public final class CheckArtifacts {
  private static final String GROUP = "io.facepipeline";
  private static final Map<String, String> CHECKSUMS = Map.of("md5", "MD5", "sha1", "SHA-1");

  private final Path repository;
  private final String version;
  private final boolean signed;
  private final List<String> faults = new ArrayList<>();

  private CheckArtifacts(Path repository, String version, boolean signed) {
    this.repository = repository;
    this.version = version;
    this.signed = signed;
  }

  /**
   * Prints what is wrong, and ends with exit code 1 if anything is.
   *
   * @param arguments the repository, the version, "signed" or "unsigned", and the second repository
   *     if there is one
   * @throws Exception if a file cannot be read
   */
  public static void main(String[] arguments) throws Exception {
    Path repository = Path.of(arguments[0]);
    var check = new CheckArtifacts(repository, arguments[1], arguments[2].equals("signed"));
    Set<String> artifacts = check.artifacts();
    if (arguments.length > 3) {
      check.sameAs(Path.of(arguments[3]));
    }
    check.faults.forEach(fault -> System.err.println("release: " + fault));
    if (!check.faults.isEmpty()) {
      System.exit(1);
    }
    System.out.println(artifacts.size() + " artifacts: " + String.join(", ", artifacts));
  }

  private Set<String> artifacts() throws Exception {
    Path group = repository.resolve(GROUP.replace('.', '/'));
    Set<String> expected = new TreeSet<>();
    expected.add("facepipeline-bom");
    Path bom = file(group, "facepipeline-bom", ".pom");
    if (!Files.exists(bom)) {
      faults.add(bom + " is missing");
      return expected;
    }
    for (Element dependency : children(xml(bom), "dependencyManagement", "dependencies")) {
      expected.add(text(dependency, "artifactId"));
      if (!text(dependency, "version").equals(version)) {
        faults.add("the BOM names another version of " + text(dependency, "artifactId"));
      }
    }
    Set<String> found;
    try (Stream<Path> folders = Files.list(group)) {
      found =
          folders
              .filter(Files::isDirectory)
              .map(f -> f.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new));
    }
    for (String name : found) {
      if (!expected.contains(name)) {
        faults.add(name + " was deployed, but the BOM does not name it");
      }
    }
    for (String name : expected) {
      if (!found.contains(name)) {
        faults.add(name + " is in the BOM, but was not deployed");
        continue;
      }
      files(group.resolve(name).resolve(version), name);
      pom(file(group, name, ".pom"), expected);
    }
    return expected;
  }

  private Path file(Path group, String artifact, String suffix) {
    return group.resolve(artifact).resolve(version).resolve(artifact + "-" + version + suffix);
  }

  private void files(Path folder, String artifact) throws IOException {
    Set<String> wanted = new TreeSet<>(Set.of(".pom"));
    if (!artifact.endsWith("-bom")) {
      wanted.addAll(Set.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"));
    }
    String stem = artifact + "-" + version;
    Set<String> allowed = new TreeSet<>();
    for (String suffix : wanted) {
      Path file = folder.resolve(stem + suffix);
      allowed.add(stem + suffix);
      allowed.add(stem + suffix + ".asc");
      if (!Files.exists(file)) {
        faults.add(stem + suffix + " is missing");
        continue;
      }
      if (signed && !Files.exists(folder.resolve(stem + suffix + ".asc"))) {
        faults.add(stem + suffix + " has no signature");
      }
      checksums(file);
      contents(file, suffix, artifact);
    }
    try (Stream<Path> all = Files.list(folder)) {
      all.map(f -> f.getFileName().toString())
          .filter(f -> !f.endsWith(".md5") && !f.endsWith(".sha1") && !allowed.contains(f))
          .forEach(f -> faults.add(f + " does not belong to a release"));
    }
  }

  private void checksums(Path file) throws IOException {
    for (Map.Entry<String, String> kind : CHECKSUMS.entrySet()) {
      Path beside = file.resolveSibling(file.getFileName() + "." + kind.getKey());
      if (!Files.exists(beside)) {
        faults.add(file.getFileName() + " has no checksum ." + kind.getKey());
      } else if (!Files.readString(beside).strip().equals(digest(file, kind.getValue()))) {
        faults.add(file.getFileName() + " and its checksum ." + kind.getKey() + " disagree");
      }
    }
  }

  private void contents(Path file, String suffix, String artifact) throws IOException {
    switch (suffix) {
      case ".jar" -> has(file, "module-info.class", "META-INF/LICENSE");
      case "-sources.jar" -> has(file, "module-info.java");
      case "-javadoc.jar" -> has(file, "index.html");
      case "-cyclonedx.json" -> {
        String sbom = Files.readString(file);
        for (String part :
            List.of(
                "\"CycloneDX\"",
                "pkg:maven/" + GROUP + "/" + artifact + "@" + version,
                "\"Apache-2.0\"",
                "\"SHA-256\"")) {
          if (!sbom.contains(part)) {
            faults.add(file.getFileName() + " does not name " + part);
          }
        }
      }
      default -> {}
    }
  }

  private void has(Path jar, String... entries) throws IOException {
    try (var zip = new ZipFile(jar.toFile())) {
      for (String entry : entries) {
        if (zip.getEntry(entry) == null) {
          faults.add(jar.getFileName() + " holds no " + entry);
        }
      }
    }
  }

  private void pom(Path pom, Set<String> published) throws Exception {
    String name = pom.getFileName().toString();
    if (!Files.exists(pom)) {
      return;
    }
    Element project = xml(pom);
    if (Files.readString(pom).contains("${")) {
      faults.add(name + " holds a property: ${…} means nothing to its readers");
    }
    if (!children(project, "parent").isEmpty() || !children(project, "profiles").isEmpty()) {
      faults.add(name + " asks for a parent or holds profiles");
    }
    for (String field : List.of("groupId", "artifactId", "version", "name", "description", "url")) {
      wanted(name, field, text(project, field));
    }
    for (String[] path :
        new String[][] {
          {"licenses", "license", "name"},
          {"licenses", "license", "url"},
          {"developers", "developer", "name"},
          {"scm", "connection"},
          {"scm", "developerConnection"},
          {"scm", "url"}
        }) {
      wanted(name, String.join("/", path), text(project, path));
    }
    for (Element dependency : children(project, "dependencies")) {
      String of = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
      wanted(name, "version of " + of, text(dependency, "version"));
      if (text(dependency, "version").endsWith("-SNAPSHOT")) {
        faults.add(name + " depends on a snapshot of " + of);
      }
      if (!text(dependency, "classifier").isEmpty()) {
        faults.add(name + " depends on " + of + " for one platform alone");
      }
      if (text(dependency, "scope").equals("test")) {
        faults.add(name + " names " + of + ", which only the tests use");
      }
      if (of.startsWith(GROUP + ":") && !published.contains(text(dependency, "artifactId"))) {
        faults.add(name + " depends on " + of + ", which is not published");
      }
    }
  }

  private void wanted(String pom, String field, String value) {
    if (value.isBlank()) {
      faults.add(pom + " has no " + field);
    }
  }

  private void sameAs(Path other) throws IOException {
    Map<String, Path> here = compared(repository);
    Map<String, Path> there = compared(other);
    Set<String> all = new TreeSet<>(here.keySet());
    all.addAll(there.keySet());
    for (String name : all) {
      Path a = here.get(name);
      Path b = there.get(name);
      if (a == null || b == null) {
        faults.add(name + " came out of one build only");
      } else if (Files.mismatch(a, b) >= 0) {
        faults.add(name + " differs between two builds" + where(a, b));
      }
    }
  }

  /** All but signatures, which hold a time, and the repository's own index and checksums. */
  private static Map<String, Path> compared(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> !f.toString().matches(".*(\\.asc(\\.\\w+)?|\\.md5|\\.sha1)"))
          .filter(f -> !f.getFileName().toString().startsWith("maven-metadata"))
          .collect(
              Collectors.toMap(
                  f -> root.relativize(f).toString(), f -> f, (a, b) -> a, TreeMap::new));
    }
  }

  private static String where(Path a, Path b) throws IOException {
    if (!a.toString().endsWith(".jar")) {
      return "";
    }
    List<String> names = new ArrayList<>();
    try (var first = new ZipFile(a.toFile());
        var second = new ZipFile(b.toFile())) {
      for (ZipEntry entry : first.stream().toList()) {
        ZipEntry twin = second.getEntry(entry.getName());
        if (twin == null || twin.getCrc() != entry.getCrc() || twin.getTime() != entry.getTime()) {
          names.add(entry.getName());
        }
      }
    }
    return names.isEmpty() ? " (the order of its entries)" : " in " + String.join(", ", names);
  }

  private static String digest(Path file, String algorithm) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }

  private static Element xml(Path file)
      throws IOException, ParserConfigurationException, SAXException {
    Document document =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new java.io.ByteArrayInputStream(Files.readAllBytes(file)));
    return document.getDocumentElement();
  }

  /** The elements in the one that the path leads to; none if it leads nowhere. */
  private static List<Element> children(Element from, String... path) {
    return at(from, path).stream().flatMap(e -> elements(e).stream()).toList();
  }

  private static List<Element> at(Element from, String... path) {
    List<Element> elements = List.of(from);
    for (String step : path) {
      elements =
          elements.stream()
              .flatMap(e -> elements(e).stream())
              .filter(e -> e.getTagName().equals(step))
              .toList();
    }
    return elements;
  }

  private static List<Element> elements(Element parent) {
    NodeList nodes = parent.getChildNodes();
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      Node node = nodes.item(i);
      if (node instanceof Element element) {
        elements.add(element);
      }
    }
    return elements;
  }

  /** The text of the first element at the end of the path; empty if there is none. */
  private static String text(Element from, String... path) {
    List<Element> elements = at(from, path);
    return elements.isEmpty() ? "" : elements.get(0).getTextContent().strip();
  }
}
