package io.facepipeline.spark.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.classify.TrainedClassifier;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.spark.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParameterException;

class SparkFacesTest {
  private static final Path PAGE =
      Path.of(System.getProperty("facepipeline.root", ".."), "docs", "spark.md");

  @TempDir static Path folder;
  private static SparkSession spark;
  private static List<Path> photos;
  private static String table;

  private record Said(int code, String out, String err) {}

  private static Said run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = SparkFaces.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Said(code, out.toString(), err.toString());
  }

  @BeforeAll
  static void embed() {
    spark = LocalSpark.session();
    photos = LocalSpark.albumIn(folder.resolve("photos"), "people/ada", "people/bao");
    table = folder.resolve("table").toString();
    Said said = run("embed", "--table", table, folder.resolve("photos").toString());
    assertEquals(0, said.code, said.err);
    assertTrue(said.out.startsWith("8 photos added; the table has 8 photos and 8 faces"), said.out);
    assertEquals("no new photos\n", run("embed", "--table", table, folder + "/photos").out);
  }

  @Test
  void photosThatFailAreTold() throws IOException {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("a.jpg"), "no picture");
    Said said = run("embed", "--table", folder.resolve("of broken").toString(), broken.toString());
    assertEquals(1, said.code, said.err);
    assertTrue(said.out.endsWith("and 1 photos failed\n"), said.out);
  }

  @Test
  void wrongUsageIsTold() {
    assertEquals(2, run("embed", "--tabel", "x").code);
    Said said = run("embed", "--table", table, "--photos-per-commit", "0", folder + "/photos");
    assertEquals(2, said.code);
    assertEquals("at least one photo is committed at a time, got 0\n", said.err);
    said = run("embed", "--table", table, folder.resolve("nowhere").toString());
    assertEquals(2, said.code);
    assertTrue(said.err.contains("nowhere does not exist; check the path"), said.err);
  }

  @Test
  void peopleOfAGalleryAreNamed() {
    Path team = folder.resolve("team");
    try (FacePipeline pipeline = FacePipeline.builder().classifier(Gallery.in(team)).build()) {
      pipeline.enroll("ada", Image.read(photos.get(0)));
    }
    String out = folder.resolve("named").toString();
    assertEquals(
        0, run("identify", "--table", table, "--gallery", team.toString(), "--out", out).code);
    Dataset<Row> named = spark.read().parquet(out);
    assertEquals(4, named.filter("label = 'ada' and path like '%/ada/%'").count());
    assertEquals(4, named.filter("label is null and similarity < threshold").count());
    // Sent once, and opened once.
    int sent = spark.sparkContext().listArchives().size();
    assertEquals(
        0,
        run("identify", "--table", table, "--gallery", team.toString(), "--out", out + " again")
            .code);
    assertEquals(8, spark.read().parquet(out + " again").intersect(named).count());
    assertEquals(sent, spark.sparkContext().listArchives().size());
    String nowhere = folder.resolve("no gallery").toString();
    Said said = run("identify", "--table", table, "--gallery", nowhere, "--out", out + "2");
    assertTrue(said.code != 0 && said.err.contains("no gallery"), said.err);
  }

  @Test
  void classifiersAreTrained() throws IOException {
    Path file = folder.resolve("team.knn");
    Said said =
        run(
            "train",
            "--table",
            table,
            "--classifier",
            "knn",
            "--closed-set",
            "--out",
            file.toString());
    assertEquals(0, said.code, said.err);
    assertTrue(said.out.startsWith("knn of 2 people by "), said.out);
    assertEquals(List.of("ada", "bao"), TrainedClassifier.load(file).labels());
    String out = folder.resolve("named by knn").toString();
    assertEquals(
        0, run("identify", "--table", table, "--classifier", file.toString(), "--out", out).code);
    assertEquals(
        8, spark.read().parquet(out).filter("path like concat('%/', label, '/%')").count());

    Path labels = folder.resolve("labels.csv");
    Files.write(labels, List.of("path,label", "file:" + photos.get(0) + ",ada"));
    said =
        run(
            "train",
            "--table",
            table,
            "--labels",
            labels.toString(),
            "--out",
            folder.resolve("of one").toString());
    assertEquals(1, said.code);
    assertTrue(said.err.startsWith("a classifier needs photos of at least two people"), said.err);
    Files.write(labels, List.of("path,label", "elsewhere.jpg,ada"));
    said = run("train", "--table", table, "--labels", labels.toString(), "--out", file.toString());
    assertEquals(2, said.code);
    assertEquals(
        "elsewhere.jpg, named in " + labels + ", is not in the table of faces; append it\n",
        said.err);
  }

  @Test
  void peopleAreEnrolled() throws IOException {
    Path team = folder.resolve("enrolled");
    Path labels = folder.resolve("who.csv");
    List<String> lines = new ArrayList<>(List.of("path,label"));
    photos.forEach(
        photo -> lines.add("file:" + photo + "," + (photos.indexOf(photo) < 4 ? "A. B." : "C.")));
    Files.write(labels, lines);
    for (int i = 0; i < 2; i++) {
      Said said =
          run(
              "enroll",
              "--table",
              table,
              "--labels",
              labels.toString(),
              "--gallery",
              team.toString());
      assertEquals(0, said.code, said.err);
      assertEquals("the gallery has 2 people and 8 faces\n", said.out);
    }
    try (Gallery gallery = Gallery.open(team)) {
      assertEquals(List.of("A. B.", "C."), gallery.labels());
    }
  }

  @Test
  void pairsAreEvaluated() throws IOException {
    Path pairs = folder.resolve("known.csv");
    List<String> lines = new ArrayList<>(List.of("a,b,same"));
    for (int i = 0; i < photos.size(); i++) {
      for (int j = 0; j < i; j++) {
        lines.add("file:" + photos.get(i) + ",file:" + photos.get(j) + "," + (i / 4 == j / 4));
      }
    }
    Files.write(pairs, lines);
    Path json = folder.resolve("figures.json");
    Said said =
        run("evaluate", "--table", table, "--pairs", pairs.toString(), "--json", json.toString());
    assertEquals(0, said.code, said.err);
    assertTrue(said.out.contains("10 folds, 28 pairs"), said.out);
    assertTrue(said.out.contains("12 genuine, 16 impostor pairs"), said.out);
    assertTrue(Files.readString(json).startsWith("{\"pairs\":28,\"accuracy\":"), "JSON");
  }

  @Test
  void pairsAreCompared() throws IOException {
    Path pairs = folder.resolve("pairs.csv");
    String ada = "file:" + photos.get(0);
    Files.write(
        pairs,
        List.of(
            "a,b",
            ada + ",file:" + photos.get(1),
            ada + ",file:" + photos.get(5),
            ada + ",elsewhere.jpg"));
    String out = folder.resolve("compared").toString();
    Said said =
        run(
            "verify",
            "--table",
            table,
            "--pairs",
            pairs.toString(),
            "--threshold",
            "0.5",
            "--out",
            out);
    assertEquals(1, said.code, said.err);
    Dataset<Row> compared = spark.read().parquet(out);
    assertEquals(3, compared.count());
    assertEquals(1, compared.filter("same and similarity > 0.5 and b like '%ada%'").count());
    assertEquals(1, compared.filter("not same and similarity < 0.5 and b like '%bao%'").count());
    assertEquals(
        "elsewhere.jpg is not in the table of faces; append it",
        compared.filter("same is null").first().getAs("error"));
  }

  @Test
  void facesAreSortedIntoPeople() {
    String out = folder.resolve("people").toString();
    assertEquals(0, run("cluster", "--table", table, "--threshold", "0.6", "--out", out).code);
    List<Row> people = spark.read().parquet(out).groupBy("person").count().collectAsList();
    assertEquals(2, people.size(), people.toString());
    people.forEach(person -> assertEquals(4, person.getLong(1)));
  }

  @Test
  void aStreamTakesEachPhotoOnce() throws IOException {
    Path incoming = Files.createDirectory(folder.resolve("incoming"));
    String[] command = {
      "stream",
      "--once",
      "--photos-per-batch",
      "2",
      "--table",
      folder.resolve("of stream").toString(),
      "--checkpoints",
      folder.resolve("state").toString(),
      incoming.toString()
    };
    for (int i = 0; i < 3; i++) {
      Files.copy(photos.get(i), incoming.resolve(i + ".jpg"));
    }
    assertEquals(0, run(command).code);
    Files.copy(photos.get(3), incoming.resolve("3.jpg"));
    Files.writeString(incoming.resolve("broken.jpg"), "no picture");
    assertEquals(0, run(command).code);
    Dataset<Row> found = spark.read().parquet(folder.resolve("of stream").toString());
    assertEquals(5, found.count());
    assertEquals(5, found.select("path").distinct().count());
    assertEquals(1, found.filter("error.type = 'UNSUPPORTED'").count());
    assertEquals(4, found.filter("embedding is not null").count());
  }

  @Test
  void everyPrintedCommandIsUnderstood() throws IOException {
    Matcher lines =
        Pattern.compile("spark-submit [^\n]*facepipeline-spark\\.jar ([^\n]+)")
            .matcher(Files.readString(PAGE));
    List<String> problems = new ArrayList<>();
    int found = 0;
    while (lines.find()) {
      found++;
      try {
        SparkFaces.commandLine().parseArgs(lines.group(1).split("\\s+"));
      } catch (ParameterException e) {
        problems.add(lines.group(1) + ": " + e.getMessage());
      }
    }
    assertEquals(List.of(), problems);
    assertEquals(9, found);
  }

  @Test
  void thePrintedProgramRuns() throws Exception {
    Matcher program =
        Pattern.compile(
                "(?m)^((?:    .*\n|\n)*?    public class (\\w+) (?:    .*\n|\n|.*\n)*?    }\n)\n")
            .matcher(Files.readString(PAGE));
    assertTrue(program.find());
    String code =
        program
            .group(1)
            .lines()
            .map(line -> line.replaceFirst("^    ", ""))
            .reduce("", (a, b) -> a + b + "\n");
    code = code.substring(code.indexOf("import "));
    String type = program.group(2);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String source = code;
    boolean compiled =
        compiler
            .getTask(
                null,
                null,
                null,
                List.of(
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                List.of(
                    new SimpleJavaFileObject(
                        URI.create("string:///" + type + ".java"),
                        javax.tools.JavaFileObject.Kind.SOURCE) {
                      @Override
                      public CharSequence getCharContent(boolean ignoreErrors) {
                        return source;
                      }
                    }))
            .call();
    assertTrue(compiled, source);
    String faces = folder.resolve("of program").toString();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      loader
          .loadClass(type)
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {folder.resolve("photos").toString(), faces});
    }
    assertEquals(8, spark.read().parquet(faces).count());
  }
}
