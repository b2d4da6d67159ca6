package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.ProgressListener;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import io.facepipeline.training.identity.IdentityLoss;
import io.facepipeline.training.identity.LogitLoss;
import io.facepipeline.training.identity.Objective;
import io.facepipeline.training.identity.PeopleBatches;
import io.facepipeline.training.run.ProgressBars;
import io.facepipeline.training.run.RunFolder;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The embedder trainer on pictures that the test draws, with a teacher of random weights. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class EmbedderTrainingTest {
  private static final int DIMENSIONS = 16;
  private static final Face FACE =
      new Face(new Box(0, 0, 9, 9), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  @Test
  void theStudentIsTheNetworkThatTheLibraryRuns() {
    try (Student student = student(1)) {
      assertComputes(student.checkpoint(), student);
    }
  }

  @Test
  void aStudentOfWhitenedCropsIsTheNetworkThatTheLibraryRuns() {
    Image crop = picture(3);
    StudentNetwork whole = StudentNetwork.named(StudentNetwork.COMPACT).onWholeCrops();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student student = whole.student(DIMENSIONS, false, new SplittableRandom(1), null);
        FaceEmbedder embedder =
            OnnxFaceEmbedder.load(
                student.checkpoint(),
                cardBuilder().whitened().build(),
                EmbedderOptions.defaults())) {
      byte[] rgb = crop.unsafeRgb();
      float[] planes = new float[rgb.length];
      for (int i = 0; i < rgb.length; i++) {
        planes[i % 3 * (rgb.length / 3) + i / 3] = rgb[i] & 0xFF;
      }
      int side = CropStore.USUAL.width();
      Tensor images = Tensors.whitened(Tensors.floats(planes, 1, 3, side, side));
      float[] features = Tensors.values(student.forward(images, false));
      Embedding expected = Embedding.of(embedder.card().fingerprint(), features);
      assertEquals(1, embed(embedder, crop).similarity(expected), 1e-6);
    }
  }

  /** As a network that was trained with fewer blocks does, until the new ones have learned. */
  @Test
  void blocksThatACheckpointLacksDoNothingAtFirst() {
    try (Student student = student(1);
        Student larger = student(2)) {
      Map<String, io.facepipeline.onnx.checkpoint.Tensor> tensors =
          new LinkedHashMap<>(student.checkpoint().tensors());
      tensors.keySet().removeIf(name -> name.matches("stage2\\.[234]\\..*"));
      Checkpoint smaller = Checkpoint.of(tensors);
      larger.load(CompactGrowth.of(smaller, larger.checkpoint()));
      assertComputes(smaller, larger);

      tensors.remove("stage2.1.a.weight");
      Checkpoint torn = CompactGrowth.of(Checkpoint.of(tensors), larger.checkpoint());
      assertThrows(MalformedModelException.class, () -> larger.load(torn));
    }
  }

  /** Networks of other crops, in color, in the other order of colors and in grey. */
  @ParameterizedTest
  @ValueSource(strings = {"InceptionResnetV1", "LightCNN-v4", "LightCNN-9", "MobileFaceNet"})
  void everyNetworkIsFedAsTheLibraryFeedsIt(String architecture) {
    StudentNetwork network = StudentNetwork.named(architecture);
    CatalogEntry.Input input = network.input();
    byte[] rgb = new byte[input.crop().bytes()];
    new Random(8).nextBytes(rgb);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student student = network.student(256, false, new SplittableRandom(6), null)) {
      Tensor images = new InputTensors(input).of(ByteBuffer.wrap(rgb));
      float[] features = Tensors.values(student.forward(images, false));
      ModelCard card =
          ModelCard.builder("random")
              .architecture(architecture)
              .embeddingSize(features.length)
              .crop(input.crop())
              .colorOrder(input.colorOrder())
              .scaling(input.mean(), input.deviation())
              .license("none")
              .origin("random")
              .sourceSha256("0".repeat(64))
              .build();
      try (FaceEmbedder embedder =
          OnnxFaceEmbedder.load(student.checkpoint(), card, EmbedderOptions.defaults())) {
        Embedding expected = Embedding.of(embedder.card().fingerprint(), features);
        Embedding found = embedder.embed(List.of(AlignedFace.of(FACE, input.crop(), rgb))).get(0);
        assertEquals(1, found.similarity(expected), 1e-5);
      }
    }
  }

  /**
   * As facenet-pytorch's notebook does: the published FaceNet goes on learning on one's own
   * folders.
   */
  @Test
  void facenetIsFineTunedOnOnesOwnFolders(@TempDir Path folder) throws IOException {
    Path models = SharedData.path("models");
    Path people = SharedData.album("people");
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>(List.of("--photos", people.toString()));
    arguments.addAll(List.of("--from", "facenet-vggface2", "--models", models.toString()));
    arguments.addAll(List.of("--no-teacher", "--identity", "SOFTMAX", "--identity-weight", "1"));
    arguments.addAll(List.of("--passes", "2", "--strength", "0", "--batch", "8"));
    arguments.addAll(
        List.of("--fixed-norms", "--steps", "26", "--head-first", "16", "--rate", "3e-5"));
    arguments.addAll(List.of("--out", out.toString(), "--quiet"));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());

    FaceEmbedder tuned =
        OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults());
    FaceEmbedder published =
        Backbone.FACENET_VGGFACE2.load(
            ModelStore.builder().folder(models).build(), EmbedderOptions.defaults());
    ModelCard card = tuned.card();
    assertEquals("InceptionResnetV1", card.architecture());
    assertEquals(512, card.embeddingSize());
    assertEquals(published.crop(), tuned.crop());
    double before = margin(published, people);
    double after = margin(tuned, people);
    assertTrue(after > before + 0.02, "the people are apart by " + before + ", then " + after);
    assertTrue(Files.size(out.resolve("work").resolve("embedder.png")) > 0);
  }

  @Test
  void tripletsOfPhotosTeachWhatTheDefaultModelGoesOnFrom(@TempDir Path folder) throws IOException {
    Path people = SharedData.album("people");
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>(List.of("--photos", people.toString()));
    arguments.addAll(List.of("--from", "compact-default", "--fixed-norms"));
    // A margin that the people are not yet apart by, or there would be nothing to learn.
    arguments.addAll(List.of("--no-teacher", "--head", "TRIPLET", "--head-parameter", "margin=2"));
    arguments.addAll(List.of("--identity-weight", "1", "--passes", "2", "--strength", "0"));
    arguments.addAll(List.of("--batch", "16", "--steps", "30", "--rate", "3e-4"));
    arguments.addAll(List.of("--out", out.toString(), "--quiet"));
    StringWriter errors = new StringWriter();
    assertEquals(0, execute(arguments, errors), errors.toString());

    FaceEmbedder tuned =
        OnnxFaceEmbedder.load(out.resolve("embedder.onnx"), EmbedderOptions.defaults());
    assertEquals(StudentNetwork.COMPACT, tuned.card().architecture());
    assertEquals(128, tuned.card().embeddingSize());
    double before = margin(DefaultModels.embedder(), people);
    double after = margin(tuned, people);
    assertTrue(after > before + 0.02, "the people are apart by " + before + ", then " + after);
  }

  @Test
  void whatOnlyWeightsToStartFromAllowIsRefusedWithoutThem(@TempDir Path folder) {
    Map<String, List<String>> wrong =
        Map.of(
            "--fixed-norms needs --from", List.of("--fixed-norms"),
            "no head", List.of("--head-first", "2"),
            "2 of 4 steps and TRIPLET", List.of("--head", "TRIPLET", "--head-first", "2"),
            "--batch must be at least 2, got 1", List.of("--batch", "1"),
            "no-such-model", List.of("--from", "no-such-model"));
    wrong.forEach(
        (said, options) -> {
          List<String> arguments = new ArrayList<>(options);
          arguments.addAll(List.of("--photos", folder.toString(), "--steps", "4"));
          arguments.addAll(List.of("--out", folder.resolve("out").toString()));
          StringWriter errors = new StringWriter();
          assertNotEquals(0, execute(arguments, errors), said);
          assertTrue(errors.toString().contains(said), errors.toString());
        });
  }

  /** How much more alike photos of a person are than those of two, on average. */
  private static double margin(FaceEmbedder embedder, Path people) {
    List<String> names = List.of("ada", "bao", "chidi", "dalia");
    try (FacePipeline pipeline =
        FacePipeline.builder()
            .detector(DefaultModels.detector().build())
            .embedder(embedder)
            .withoutClassifier()
            .build()) {
      List<List<Embedding>> faces =
          names.stream()
              .map(
                  name ->
                      IntStream.rangeClosed(1, 2)
                          .mapToObj(i -> people.resolve(name + "/" + name + "_" + i + ".jpg"))
                          .map(photo -> pipeline.embedOne(Image.read(photo)).embedding())
                          .toList())
              .toList();
      double sum = 0;
      for (int i = 0; i < names.size(); i++) {
        List<Embedding> next = faces.get((i + 1) % names.size());
        sum += faces.get(i).get(0).similarity(faces.get(i).get(1));
        sum -= faces.get(i).get(0).similarity(next.get(1));
      }
      return sum / names.size();
    }
  }

  private static Student student(long seed) {
    return StudentNetwork.named(StudentNetwork.COMPACT)
        .student(DIMENSIONS, false, new SplittableRandom(seed), null);
  }

  private static void assertComputes(Checkpoint checkpoint, Student student) {
    Image crop = picture(3);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        FaceEmbedder embedder =
            OnnxFaceEmbedder.load(checkpoint, card(), EmbedderOptions.defaults())) {
      byte[] view = AreaShrink.shrink(crop.unsafeRgb());
      float[] planes = new float[view.length];
      int pixels = AreaShrink.SIDE * AreaShrink.SIDE;
      for (int i = 0; i < view.length; i++) {
        planes[i % 3 * pixels + i / 3] = ((view[i] & 0xFF) - 127.5f) / 128;
      }
      Tensor images = Tensors.floats(planes, 1, 3, AreaShrink.SIDE, AreaShrink.SIDE);
      float[] features = Tensors.values(student.forward(images, false));
      Embedding expected = Embedding.of(embedder.card().fingerprint(), features);
      // The view's pixels are rounded, those inside the graph are not.
      assertEquals(1, embed(embedder, crop).similarity(expected), 1e-4);
    }
  }

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

  private static int execute(List<String> arguments, StringWriter errors) {
    return execute(arguments, new StringWriter(), errors);
  }

  private static int execute(List<String> arguments, StringWriter output, StringWriter errors) {
    return new CommandLine(new EmbedderCommand())
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .execute(arguments.toArray(String[]::new));
  }

  @Test
  void aTeacherThatFailsEndsTheRun(@TempDir Path folder) {
    FaceEmbedder broken =
        new FaceEmbedder() {
          @Override
          public ModelCard card() {
            return EmbedderTrainingTest.card();
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

  /** With a teacher, and with heads that have a state beside the network's. */
  @ParameterizedTest
  @CsvSource({
    "distillation, ",
    "ADACOS, buffer.head.scale",
    "CURRICULARFACE, buffer.head.t",
    "SST_PROTOTYPE, buffer.prototypes"
  })
  void aRunThatWasCutOffEndsAsOneThatWasNot(
      String lesson, @Nullable String state, @TempDir Path folder) throws IOException {
    try (ViewFile views = ViewFile.open(folder.resolve("views"), AreaShrink.SIDE, DIMENSIONS);
        CropStore crops =
            CropStore.open(
                folder.resolve("crops"),
                CropStore.USUAL,
                to -> IntStream.range(0, 20).forEach(i -> to.accept("p" + i % 5, picture(i))))) {
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < 20; i++) {
        byte[] view = new byte[views.viewBytes()];
        random.nextBytes(view);
        float[] embedding = new float[DIMENSIONS];
        embedding[i % DIMENSIONS] = 1;
        views.add(view, embedding);
      }
      ViewPlan plan = new ViewPlan(crops, ViewRecipe.of(1, 0), 1);
      Path whole = train(lesson, plan, views, folder.resolve("whole"), 0);
      Path cut = folder.resolve("cut");
      assertThrows(IllegalStateException.class, () -> train(lesson, plan, views, cut, 5));
      train(lesson, plan, views, cut, 0);
      for (String file : List.of("result.safetensors", "embedder.state.safetensors")) {
        Checkpoint expected = Checkpoint.read(whole.resolve(file));
        Checkpoint found = Checkpoint.read(cut.resolve(file));
        assertEquals(expected.tensors().keySet(), found.tensors().keySet());
        expected
            .tensors()
            .forEach((name, t) -> assertArrayEquals(t.floats(), found.tensor(name).floats(), name));
        if (state != null) {
          assertEquals(file.contains("state"), expected.tensors().containsKey(state));
        }
      }
      assertEquals(
          Files.readString(whole.resolve("embedder.csv")),
          Files.readString(cut.resolve("embedder.csv")));
    }
  }

  private static Path train(
      String lesson, ViewPlan plan, ViewFile views, Path folder, int stopAfter) throws IOException {
    EmbedderTrainer.Plan steps = new EmbedderTrainer.Plan(6, 1e-3, 3, 1, false, 0, 5, false);
    Files.createDirectories(folder);
    try (Student student = student(steps.seed());
        Lesson learned = lesson(lesson, plan, student)) {
      PeopleBatches pairs =
          new PeopleBatches(IntStream.range(0, plan.total()).map(plan::person).toArray());
      new EmbedderTrainer(
              steps, StudentNetwork.named(StudentNetwork.COMPACT).input(), List.of(learned), folder)
          .train(
              student,
              views,
              random -> pairs.draw(random, 4, 2),
              folder.resolve("result.safetensors"),
              (done, total, item) -> {
                if (done == stopAfter) {
                  throw new IllegalStateException("cut off");
                }
              });
    }
    return folder;
  }

  private static Lesson lesson(String name, ViewPlan plan, Student student) {
    if (name.equals("distillation")) {
      return new Distillation();
    }
    Objective objective = Objective.valueOf(name);
    Identification.Choice choice = new Identification.Choice(IdentityLoss.Recipe.of(objective), 1);
    SplittableRandom random = new SplittableRandom(3);
    return objective == Objective.SST_PROTOTYPE
        ? new SemiSiamese(plan, choice, student.parameters(), () -> student(9), DIMENSIONS, random)
        : new Identification(plan, choice, DIMENSIONS, random);
  }

  @Test
  void whoIsHeldOutIsInNoSource(@TempDir Path folder) throws IOException {
    Path crops = folder.resolve("crops");
    for (String person : List.of("ada", "bob")) {
      picture(1).writePng(Files.createDirectories(crops.resolve(person)).resolve("1.png"));
    }
    int side = CropStore.USUAL.width();
    Image sheet = sheet(side);
    sheet.writePng(Files.createDirectories(folder.resolve("sheets")).resolve("s.png"));
    Path table =
        Files.writeString(
            folder.resolve("sheets.tsv"),
            "cell\tsheet\tperson\n0\ts.png\tada\n12\ts.png\t\n99\ts.png\tbob\n");
    Files.writeString(crops.resolve("ada").resolve("2.png"), "no picture");
    List<String> unreadable = new ArrayList<>();
    List<String> people = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    CropSources sources =
        new CropSources(CropStore.USUAL, Set.of("bob"), ProgressListener.NONE, unreadable::add);
    sources.crops(crops, (person, crop) -> people.add(person));
    sources.sheets(
        table,
        (person, crop) -> {
          people.add(person);
          images.add(crop);
        });
    assertEquals(List.of("ada", "ada", ""), people);
    assertEquals(1, unreadable.size());
    assertTrue(unreadable.get(0).contains("2.png"), unreadable.get(0));
    assertEquals(sheet.crop(2 * side, side, side, side), images.get(1));
  }

  private static Image sheet(int side) {
    byte[] rgb = new byte[100 * side * side * 3];
    new Random(4).nextBytes(rgb);
    return Image.ofRgb(10 * side, 10 * side, rgb);
  }

  /** Waves of color that differ from one number to the next. */
  private static Image picture(int number) {
    return picture(number, 0);
  }

  /** The same, moved along by a phase. */
  private static Image picture(int number, double phase) {
    Random random = new Random(number);
    double[] waves = random.doubles(12, -0.15, 0.15).toArray();
    int side = CropStore.USUAL.width();
    byte[] rgb = new byte[CropStore.USUAL.bytes()];
    for (int i = 0; i < rgb.length; i++) {
      int channel = i % 3;
      int x = i / 3 % side;
      int y = i / 3 / side;
      double wave =
          Math.sin(waves[4 * channel] * x + waves[4 * channel + 1] * y + number + phase)
              + Math.cos(waves[4 * channel + 2] * x - waves[4 * channel + 3] * y);
      rgb[i] = (byte) Math.round(127 + 60 * wave);
    }
    return Image.ofRgb(side, side, rgb);
  }

  private static Embedding embed(FaceEmbedder embedder, Image crop) {
    return embedder.embed(List.of(AlignedFace.of(FACE, CropStore.USUAL, crop.unsafeRgb()))).get(0);
  }

  private static ModelCard card() {
    return cardBuilder().build();
  }

  private static ModelCardBuilder cardBuilder() {
    return ModelCard.builder("random")
        .architecture(StudentNetwork.COMPACT)
        .embeddingSize(DIMENSIONS)
        .crop(CropStore.USUAL)
        .colorOrder(ModelCard.ColorOrder.RGB)
        .scaling(127.5f, 128f)
        .license("none")
        .origin("random")
        .sourceSha256("0".repeat(64));
  }
}
