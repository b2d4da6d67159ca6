package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.testkit.SharedData;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of one's own that is a module and requires the library's. */
class ModularApplicationTest {
  private static final String MAIN =
      """
      package team;

      import io.facepipeline.FaceEmbedder;
      import io.facepipeline.FacePipeline;
      import io.facepipeline.Image;
      import io.facepipeline.embedding.Backbone;
      import io.facepipeline.gallery.Gallery;
      import io.facepipeline.models.DefaultModels;
      import java.nio.file.Path;

      public final class Main {
        public static void main(String[] args) {
          try (FacePipeline faces = FacePipeline.create()) {
            faces.enroll("ada", Image.read(Path.of(args[0])));
            System.out.println(faces.identify(Image.read(Path.of(args[1]))).get(0).label());
          }
          try (FaceEmbedder embedder = DefaultModels.embedder();
              Gallery gallery = Gallery.open(Path.of(args[2]), embedder.card())) {
            System.out.println(gallery.size());
          }
          System.out.println(Main.class.getModule().getName());
          System.out.println(Backbone.IR_50.architecture() + " " + Backbone.named("mine").get().crop());
        }
      }
      """;

  /** A model of one's own, as a resource of the program. */
  private static final String CATALOG =
      """
      {"models": [{
        "id": "mine",
        "kind": "face-embedder",
        "architecture": "IR-50",
        "files": [{"name": "mine.pth"}],
        "origin": "my own",
        "license": "MIT",
        "crop": {"width": 64, "height": 64, "rule": "margin 8"},
        "colorOrder": "RGB",
        "mean": [0],
        "deviation": [1],
        "embeddingSize": 512
      }]}
      """;

  @TempDir Path folder;

  /** What a user's build puts on the module path: the class path less what only tests need. */
  private static List<Path> modulePath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .filter(Files::exists)
        .filter(p -> !p.endsWith("test-classes"))
        .filter(p -> !p.toString().matches(".*(testkit|junit|opentest4j|apiguardian|surefire).*"))
        .toList();
  }

  @Test
  void everyArtifactOfOursIsANamedModule() {
    Set<String> ours = new TreeSet<>();
    for (ModuleReference module : ModuleFinder.of(modulePath().toArray(new Path[0])).findAll()) {
      ModuleDescriptor descriptor = module.descriptor();
      if (descriptor.name().startsWith("io.facepipeline")) {
        assertTrue(!descriptor.isAutomatic(), descriptor + " has no module-info");
        ours.add(descriptor.name().substring("io.facepipeline.".length()));
      }
    }
    assertEquals(Set.of("gallery", "core", "detection", "embedding", "models", "onnx"), ours);
  }

  @Test
  void oneRequirementIsAllThatAModularProgramNeeds() throws Exception {
    Path source = Files.createDirectories(folder.resolve("src/team"));
    Path info = folder.resolve("src/module-info.java");
    Files.writeString(info, "module team {\n  requires io.facepipeline.models;\n}\n");
    Path main = Files.writeString(source.resolve("Main.java"), MAIN);
    String modules =
        modulePath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    Path classes = folder.resolve("classes");
    compile(modules, classes, info, main);
    Path catalog = classes.resolve(ModelCatalog.RESOURCE);
    Files.createDirectories(catalog.getParent());
    Files.writeString(catalog, CATALOG);

    Path log = folder.resolve("log");
    int exit = run(modules + File.pathSeparator + classes, log, List.of());
    assertEquals(
        "ada\n0\nteam\nIR-50 64x64 by margin 8\n", Files.readString(log), "exit code " + exit);
    assertEquals(0, exit);

    Path flight = folder.resolve("team.jfr");
    exit =
        run(
            modules + File.pathSeparator + classes,
            log,
            List.of("-XX:StartFlightRecording=filename=" + flight, "--add-modules=jdk.jfr"));
    assertEquals(0, exit, () -> said(log));
    Set<String> events =
        RecordingFile.readAllEvents(flight).stream()
            .map(event -> event.getEventType().getName())
            .filter(name -> name.startsWith("io.facepipeline."))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Set.of("Align", "Classify", "Detect", "Embed", "Read").stream()
            .map(name -> "io.facepipeline." + name)
            .collect(Collectors.toCollection(TreeSet::new)),
        events);
  }

  private static String said(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int run(String modulePath, Path log, List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dfacepipeline.cache=" + folder.resolve("cache"));
    command.add("--enable-native-access=com.microsoft.onnxruntime"); // JDK 24 and newer warn
    command.addAll(options);
    command.addAll(List.of("-p", modulePath, "-m", "team/team.Main"));
    command.add(SharedData.album("people/ada/ada_1.jpg").toString());
    command.add(SharedData.album("people/ada/ada_2.jpg").toString());
    command.add(folder.resolve("gallery").toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
  }

  private static void compile(String modules, Path classes, Path... sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertNotNull(compiler, "the tests run on a JDK");
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean done =
          compiler
              .getTask(
                  said,
                  files,
                  null,
                  List.of("--release", "17", "-p", modules, "-d", classes.toString()),
                  null,
                  files.getJavaFileObjects(sources))
              .call();
      assertTrue(done, said::toString);
    }
  }
}
