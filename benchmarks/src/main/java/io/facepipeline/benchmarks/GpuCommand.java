package io.facepipeline.benchmarks;

import io.facepipeline.AlignedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.embedding.internal.SampleFaces;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks an NVIDIA GPU's results against the CPU's, and prints how fast it is. */
@Command(
    name = "gpu",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:the GPU's results equal the CPU's",
      "1:they differ",
      "2:wrong usage",
      "3:no GPU that the runtime can use"
    },
    description = {
      "Compares the CUDA runtime with the CPU: the same faces and embeddings, frames per second of",
      "detection at 540p, 720p and 1080p, embeddings per second by batch, and the whole pipeline",
      "with two threads that decode. Build the jar with -Pgpu for it."
    })
final class GpuCommand implements Callable<Integer> {
  static final int NO_GPU = 3;

  /** Frames per second that facenet-pytorch's README gives for its MTCNN at the three sizes. */
  private static final List<Double> PUBLISHED = List.of(12.97, 20.32, 25.50);

  private static final double LEAST_COSINE = 0.9999;
  private static final float PIXELS = 0.5f;
  private static final int MOST_BATCH = 256;
  private static final int PHOTOS = 32;

  @Spec private CommandSpec spec;

  @Option(
      names = "--network",
      split = ",",
      description = "Embedders, with random weights, as ArchitectureBenchmark names them.")
  private List<String> networks =
      List.of("FACENET_VGGFACE2", "IR_50", "MOBILEFACENET", "LIGHTCNN_29V2");

  @Option(names = "--seconds", description = "Time for each figure.")
  private double seconds = 2;

  @Option(
      names = "--provider",
      description = "What is compared with the CPU; cpu tries this command without a GPU.")
  private String provider = "cuda";

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  GpuCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    OnnxOptions.Provider cuda = OnnxOptions.Provider.named(provider);
    String missing = missing(cuda);
    if (!missing.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "no NVIDIA GPU can be used: "
                  + missing
                  + "; this needs a GPU with CUDA 12 and cuDNN 9, and a jar of mvn -Pgpu package");
      return NO_GPU;
    }
    out.println(Machine.here());
    boolean equal = detection(out, cuda);
    for (String network : networks) {
      equal &= embedder(out, cuda, network);
    }
    pipeline(out, cuda);
    out.flush();
    return equal ? 0 : 1;
  }

  /** Why the provider cannot be used, by trying; empty if it can. */
  private static String missing(OnnxOptions.Provider cuda) {
    if (!OnnxOptions.Provider.available().contains(cuda)) {
      return "this jar holds the runtime for CPUs only";
    }
    GraphBuilder graph = new GraphBuilder("probe");
    graph.output(graph.relu(graph.input("x", 1, 1)), "y");
    byte[] probe = OnnxFile.write(graph.build());
    try (OnnxModel model = OnnxModel.load(probe, OnnxOptions.defaults().withProvider(cuda))) {
      return model.provider().equals(cuda)
          ? ""
          : "the runtime for CUDA cannot start, for the reason logged above";
    }
  }

  private boolean detection(PrintWriter out, OnnxOptions.Provider cuda) {
    List<String> sizes = List.of("1920x1080", "1280x720", "960x540");
    boolean equal = true;
    try (FaceDetector cpu = Mtcnn.builder().build();
        FaceDetector gpu = Mtcnn.builder().provider(cuda).build()) {
      out.printf(
          "%-12s %10s %10s %34s%n",
          "detection", "CPU FPS", "GPU FPS", "published by facenet-pytorch (GPU)");
      for (int i = 0; i < sizes.size(); i++) {
        Image photo = Photos.ofSize(sizes.get(i));
        boolean same = same(cpu.detect(photo), gpu.detect(photo));
        equal &= same;
        out.printf(
            Locale.ROOT,
            "%-12s %10.2f %10.2f %34.2f%s%n",
            sizes.get(i),
            perSecond(1, () -> cpu.detect(photo)),
            perSecond(1, () -> gpu.detect(photo)),
            PUBLISHED.get(i),
            same ? "" : "  OTHER FACES THAN THE CPU");
      }
    }
    return equal;
  }

  static boolean same(List<Face> one, List<Face> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      float off =
          Math.max(
              Math.max(
                  Math.abs(one.get(i).box().x1() - other.get(i).box().x1()),
                  Math.abs(one.get(i).box().y1() - other.get(i).box().y1())),
              Math.max(
                  Math.abs(one.get(i).box().x2() - other.get(i).box().x2()),
                  Math.abs(one.get(i).box().y2() - other.get(i).box().y2())));
      if (!(off < PIXELS)) {
        return false;
      }
    }
    return true;
  }

  private boolean embedder(PrintWriter out, OnnxOptions.Provider cuda, String network)
      throws IOException {
    Path plain = RandomModels.file(network, /* forCpu= */ false);
    Path rewritten = RandomModels.file(network, /* forCpu= */ true);
    EmbedderOptions options = EmbedderOptions.defaults().withBatchSize(MOST_BATCH);
    boolean equal = true;
    try (FaceEmbedder cpu = OnnxFaceEmbedder.load(rewritten, EmbedderOptions.defaults());
        FaceEmbedder gpu = OnnxFaceEmbedder.load(plain, options.withProvider(cuda))) {
      List<AlignedFace> faces = SampleFaces.cut(cpu.crop());
      List<Embedding> expected = cpu.embed(faces);
      List<Embedding> given = gpu.embed(faces);
      for (int i = 0; i < faces.size(); i++) {
        equal &= cosine(expected.get(i), given.get(i)) > LEAST_COSINE;
      }
      out.printf(
          Locale.ROOT,
          "%s: embeddings a second%s%n  CPU, batches of 8: %.1f%n",
          network,
          equal ? "" : "  OTHER EMBEDDINGS THAN THE CPU",
          perSecond(faces.size(), () -> cpu.embed(faces)));
      for (int batch = 1; batch <= MOST_BATCH; batch *= 4) {
        List<AlignedFace> many = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
          many.add(faces.get(i % faces.size()));
        }
        out.printf(
            Locale.ROOT,
            "  GPU, batches of %d: %.1f%n",
            batch,
            perSecond(batch, () -> gpu.embed(many)));
      }
    } finally {
      Files.delete(plain);
      Files.delete(rewritten);
    }
    return equal;
  }

  private static double cosine(Embedding one, Embedding other) {
    double sum = 0;
    for (int i = 0; i < one.size(); i++) {
      sum += one.values()[i] * other.values()[i];
    }
    return sum;
  }

  /** From encoded photos to people, decoded by two threads. */
  private void pipeline(PrintWriter out, OnnxOptions.Provider cuda) throws IOException {
    List<ImageSource> photos = Photos.encoded(PHOTOS);
    for (OnnxOptions.Provider provider : List.of(OnnxOptions.Provider.CPU, cuda)) {
      Path file = RandomModels.file("MOBILEFACENET", provider.equals(OnnxOptions.Provider.CPU));
      FaceEmbedder embedder =
          OnnxFaceEmbedder.load(file, EmbedderOptions.defaults().withProvider(provider));
      Files.delete(file);
      try (FacePipeline pipeline =
          FacePipeline.builder()
              .parallelism(2)
              .detector(Mtcnn.builder().provider(provider).build())
              .embedder(embedder)
              .classifier(Gallery.inMemory(embedder.card(), 0.5f))
              .build()) {
        out.printf(
            Locale.ROOT,
            "whole pipeline, encoded photos, two threads, %s: %.1f photos a second%n",
            provider,
            perSecond(photos.size(), () -> pipeline.identifyAll(photos)));
      }
    }
  }

  /** How often something is done a second, after one run to warm up. */
  private double perSecond(int each, Runnable run) {
    run.run();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long done = 0;
    while (System.nanoTime() < end || done == 0) {
      run.run();
      done += each;
    }
    return done * 1e9 / (System.nanoTime() - start);
  }
}
