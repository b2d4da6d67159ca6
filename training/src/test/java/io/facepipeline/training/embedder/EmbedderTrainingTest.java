package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.testkit.SharedData;
import io.facepipeline.training.identity.LogitLoss;
import io.facepipeline.training.identity.Objective;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The embedder trainer on pictures that the test draws, with a teacher of random weights. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class EmbedderTrainingTest extends EmbedderFixture {
  @Test
  void aShortRunLearnsFromItsTeacherAndWritesAModel(@TempDir Path folder) throws IOException {
    Path crops = Files.createDirectories(folder.resolve("crops"));
    for (int i = 0; i < 24; i++) {
      Path person = Files.createDirectories(crops.resolve("person" + i % 6));
      picture(i).writePng(person.resolve(i + ".png"));
    }
    Path teacher = folder.resolve("teacher.onnx");
    try (Student random = student(7);
        var out = Channels.newChannel(Files.newOutputStream(teacher))) {
      ModelFile.convert(random.checkpoint(), card(), true, out);
    }
    Path out = folder.resolve("out");
    List<String> arguments =
        List.of(
            "--crops", crops.toString(),
            "--teacher", teacher.toString(),
            "--out", out.toString(),
            "--passes", "6",
            "--steps", "60",
            "--rate", "3e-3",
            "--id", "trained");
    StringWriter none = new StringWriter();
    assertEquals(0, execute(arguments, none), none.toString());
    assertTrue(Files.size(out.resolve("work").resolve("embedder.png")) > 0);
    List<String> others = new ArrayList<>(arguments);
    others.set(others.indexOf("3e-3"), "1e-3");
    StringWriter errors = new StringWriter();
    assertNotEquals(0, execute(others, errors));
    assertTrue(errors.toString().contains("rate"), errors.toString());
    try (FaceEmbedder taught = OnnxFaceEmbedder.load(teacher, EmbedderOptions.defaults());
        FaceEmbedder trained =
            OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults());
        Student other = student(1);
        FaceEmbedder before =
            OnnxFaceEmbedder.load(other.checkpoint(), card(), EmbedderOptions.defaults())) {
      assertEquals("trained", trained.card().id());
      assertTrue(trained.card().measured().isEmpty(), "nobody has measured it");
      double after = agreement(taught, trained);
      assertTrue(after > 0.5 && after > agreement(taught, before) + 0.2, "agreement " + after);
    }
  }

  /** As a newcomer does: a folder of photos, another of people to measure with, no download. */
  @Test
  void thresholdsAreMeasuredOnPeopleWhoAreHeldOut(@TempDir Path folder) throws IOException {
    Path people = folder.resolve("people");
    Path held = folder.resolve("held");
    for (String name : List.of("ada", "bao", "chidi", "dalia", "emil", "fatima")) {
      Path into = name.compareTo("chidi") < 0 ? people : held;
      Path own = Files.createDirectories(into.resolve(name));
      for (int photo = 1; photo <= 3; photo++) {
        String file = name + "_" + photo + ".jpg";
        Files.copy(SharedData.album("people/" + name + "/" + file), own.resolve(file));
      }
    }
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>(List.of("--photos", people.toString()));
    arguments.addAll(List.of("--hold-out", held.toString(), "--out", out.toString()));
    arguments.addAll(List.of("--passes", "1", "--steps", "2", "--quiet"));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());

    try (FaceEmbedder trained =
        OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults())) {
      // Four people of three photos: six pairs of people with nine of photos each.
      assertEquals(54, trained.card().measured().orElseThrow().impostorPairs());
      assertTrue(trained.card().origin().contains("compact-default"), trained.card().origin());
    }

    Files.move(held.resolve("emil"), folder.resolve("emil"));
    StringWriter few = new StringWriter();
    assertNotEquals(0, execute(arguments, few));
    assertTrue(few.toString().contains("at least 4 people"), few.toString());
  }

  @ParameterizedTest
  @EnumSource(names = {"ARCFACE", "SST_PROTOTYPE", "TRIPLET"})
  void namesAloneTeachToTellPeopleApart(Objective objective, @TempDir Path folder)
      throws IOException {
    Path crops = folder.resolve("crops");
    for (int person = 0; person < 6; person++) {
      Path own = Files.createDirectories(crops.resolve("person" + person));
      for (int photo = 0; photo < 3; photo++) {
        picture(person, 0.2 * photo).writePng(own.resolve(photo + ".png"));
      }
    }
    Path out = folder.resolve("out");
    List<String> arguments =
        List.of(
            "--crops",
            crops.toString(),
            "--no-teacher",
            "--identity",
            objective.name(),
            "--identity-weight",
            "1",
            "--dimensions",
            String.valueOf(DIMENSIONS),
            "--out",
            out.toString(),
            "--passes",
            "6",
            "--steps",
            "40",
            "--rate",
            "3e-3");
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());
    try (FaceEmbedder trained =
            OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults());
        Student other = student(1);
        FaceEmbedder before =
            OnnxFaceEmbedder.load(other.checkpoint(), card(), EmbedderOptions.defaults())) {
      assertEquals(DIMENSIONS, trained.card().embeddingSize());
      double after = separation(trained);
      assertTrue(after > 0.3 && after > separation(before) + 0.2, "separation " + after);
    }
  }

  @Test
  void aModelOfWhitenedCropsSaysSoAndDoesNotSeeTheLight(@TempDir Path folder) throws IOException {
    Path crops = Files.createDirectories(folder.resolve("crops"));
    for (int i = 0; i < 4; i++) {
      picture(i).writePng(crops.resolve(i + ".png"));
    }
    List<String> arguments = new ArrayList<>(List.of("--crops", crops.toString(), "--whiten"));
    arguments.addAll(List.of("--out", folder.resolve("out").toString(), "--quiet"));
    arguments.addAll(List.of("--passes", "1", "--steps", "2"));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());
    try (FaceEmbedder trained =
        OnnxFaceEmbedder.load(
            folder.resolve("out").resolve("embedder.onnx"), EmbedderOptions.defaults())) {
      assertTrue(trained.card().whitened());
      Image crop = picture(3);
      byte[] dim = crop.toRgb();
      for (int i = 0; i < dim.length; i++) {
        dim[i] = (byte) ((dim[i] & 0xFF) / 2 + 20);
      }
      Image dark = Image.ofRgb(crop.width(), crop.height(), dim);
      assertEquals(1, embed(trained, crop).similarity(embed(trained, dark)), 1e-3);
    }
  }

  @Test
  void theHelpSaysWhatEachHeadAndLossIs() {
    String help = new CommandLine(new EmbedderCommand()).getUsageMessage();
    for (Objective head : Objective.values()) {
      assertTrue(help.contains("  %-16s %s\n".formatted(head, head.summary())), help);
    }
    for (LogitLoss loss : LogitLoss.values()) {
      assertTrue(help.contains("  %-16s %s\n".formatted(loss, loss.summary())), help);
    }
    assertTrue(help.contains("scale 64, margin 0.5, alpha 1.2, sigma 2"), help);
    assertTrue(help.contains("most-margin 0.8, lambda 35"), help);
    assertTrue(help.lines().allMatch(line -> line.length() <= 80), help);
    assertTrue(help.contains("scale 30, margin 0.35, queue 16384, momentum 0.999"), help);
  }

  @Test
  void peopleWithFewPhotosAreLeftOutAndTheOthersBalanced(@TempDir Path folder) throws IOException {
    Path crops = folder.resolve("crops");
    for (int person = 0; person < 4; person++) {
      Path own = Files.createDirectories(crops.resolve("person" + person));
      for (int photo = 0; photo <= person; photo++) {
        picture(person, 0.2 * photo).writePng(own.resolve(photo + ".png"));
      }
    }
    List<String> arguments = new ArrayList<>(List.of("--crops", crops.toString()));
    arguments.addAll(List.of("--out", folder.resolve("out").toString(), "--no-teacher"));
    arguments.addAll(List.of("--identity", "SOFTMAX", "--dimensions", "4", "--quiet"));
    arguments.addAll(List.of("--passes", "2", "--steps", "2", "--min-photos", "2"));
    arguments.addAll(List.of("--rand-augment", "2", "--magnitude", "5", "--balanced"));
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, output, errors), errors.toString());
    String left = "left out 1 of 4 people with fewer than 2 photos, and with them 1 of 10 photos";
    assertTrue(output.toString().contains(left), output.toString());

    arguments.remove("--balanced");
    assertNotEquals(0, execute(arguments, errors));
    assertTrue(errors.toString().contains("with balanced true, not unset"), errors.toString());
  }

  /** How much more alike two photos of a person are than photos of two, on average. */
  private static double separation(FaceEmbedder embedder) {
    double sum = 0;
    for (int person = 0; person < 6; person++) {
      Embedding one = embed(embedder, picture(person, 0));
      sum += one.similarity(embed(embedder, picture(person, 0.4)));
      sum -= one.similarity(embed(embedder, picture((person + 1) % 6, 0.2)));
    }
    return sum / 6;
  }

  @Test
  void aTeacherThatFailsEndsTheRun(@TempDir Path folder) {
    FaceEmbedder broken =
        new FaceEmbedder() {
          @Override
          public ModelCard card() {
            return EmbedderFixture.card();
          }

          @Override
          public List<Embedding> embed(List<AlignedFace> crops) {
            throw new IllegalStateException("no embeddings today");
          }

          @Override
          public void close() {}
        };
    EmbedderTraining.Settings settings =
        new EmbedderTraining.Settings(
            StudentNetwork.named(StudentNetwork.COMPACT),
            null,
            "none",
            DIMENSIONS,
            null,
            null,
            null,
            ViewRecipe.of(1, 1),
            64,
            1,
            false,
            0,
            1e-3,
            false,
            1);
    EmbedderTraining training =
        new EmbedderTraining(new RunFolder(folder), settings, new ProgressBars(false), note -> {});
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () ->
                training.run(
                    broken, "one", (progress, to) -> to.accept("", picture(1)), List.of()));
    assertTrue(e.getMessage().contains("no embeddings today"), e.getMessage());
  }

  /** The mean cosine of what two networks give for the same pictures. */
  private static double agreement(FaceEmbedder first, FaceEmbedder second) {
    double sum = 0;
    for (int i = 0; i < 24; i++) {
      float[] a = embed(first, picture(i)).toArray();
      float[] b = embed(second, picture(i)).toArray();
      for (int k = 0; k < a.length; k++) {
        sum += a[k] * b[k];
      }
    }
    return sum / 24;
  }
}
