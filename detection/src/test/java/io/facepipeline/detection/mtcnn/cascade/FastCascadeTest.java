package io.facepipeline.detection.mtcnn.cascade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.testkit.SharedData;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The fast way through the cascade against the plain one. */
class FastCascadeTest {
  private static final float PIXELS = 0.01f;
  private static final int SAMPLE = 60;

  @Test
  void stripsAndLanesEqualThePlainResampler() {
    Random random = new Random(7);
    assertStripsEqualThePlainResampler(random::nextBytes);
  }

  @Test
  void theSumsOfWhiteFitTheirLanes() {
    assertStripsEqualThePlainResampler(rgb -> Arrays.fill(rgb, (byte) 255));
  }

  private static void assertStripsEqualThePlainResampler(Consumer<byte[]> painter) {
    AreaStrip strip = new AreaStrip();
    int[][] cases = {
      {37, 23, 0, 0, 37, 23, 11, 7},
      {37, 23, 3, 2, 20, 23, 24, 24},
      {40, 40, 5, 5, 6, 6, 3, 2},
      {9, 900, 0, 0, 9, 900, 2, 3},
      {40, 514, 0, 0, 40, 514, 40, 2},
      {700, 300, 0, 0, 700, 300, 2, 2},
      {20_000, 3, 0, 0, 20_000, 3, 2, 1},
      {641, 479, 0, 0, 641, 479, 385, 288},
      {641, 479, 100, 7, 603, 470, 48, 48}
    };
    for (int[] c : cases) {
      byte[] rgb = new byte[c[0] * c[1] * 3];
      painter.accept(rgb);
      Image image = Image.ofRgb(c[0], c[1], rgb);
      int width = c[6];
      int height = c[7];
      FloatBuffer expected = FloatBuffer.allocate(3 * width * height);
      PlainAreaResampler.resample(image, c[2], c[3], c[4], c[5], width, height, expected);
      for (int from = 0; from < height; from += 5) {
        int rows = Math.min(9, height - from);
        FloatBuffer actual = FloatBuffer.allocate(3 * width * rows + 1);
        strip.resample(image, c[2], c[3], c[4], c[5], width, height, from, rows, actual, 1);
        for (int p = 0; p < 3; p++) {
          for (int i = 0; i < width * rows; i++) {
            assertEquals(
                expected.get(p * width * height + from * width + i),
                actual.get(1 + p * width * rows + i));
          }
        }
      }
    }
  }

  @Test
  void findsTheSameFacesInEveryPhoto() {
    int faces = 0;
    try (Both both = new Both(false)) {
      for (Path photo : photos()) {
        faces += both.assertSame(Image.read(photo), photo.toString());
      }
    }
    assertTrue(faces > 2 * SAMPLE, "the photos show faces: " + faces);
  }

  /**
   * The rewritten networks differ from the plain ones by rounding, about 1e-6. Where that carries
   * an edge over a whole pixel, the candidate is cut one pixel aside; measured: no photo of 127
   * with AVX-512. On another processor a few may be.
   */
  @Test
  void findsTheSameFacesWithRewrittenNetworks() {
    List<String> aside = new ArrayList<>();
    try (Both both = new Both(true)) {
      for (Path photo : photos()) {
        float difference = both.difference(Image.read(photo), photo.toString());
        if (difference > PIXELS) {
          aside.add(photo.getFileName() + " " + difference);
          assertTrue(difference < 3, photo + ": " + difference + " px");
        }
      }
    }
    System.out.println("photos with a candidate cut one pixel aside: " + aside);
    assertTrue(aside.size() <= 2, aside.toString());
  }

  @Test
  void anyNumberOfWorkersFindsTheSame() {
    int faces = 0;
    try (Both both = new Both(true);
        Workers one = new Workers(1);
        Workers five = new Workers(5)) {
      FastCascade alone = both.with(one);
      FastCascade together = both.with(five);
      for (Path photo : photos().subList(0, 12)) {
        Image image = Image.read(photo);
        List<Face> found = alone.detect(image);
        assertEquals(found, together.detect(image), photo.toString());
        faces += found.size();
      }
    }
    assertTrue(faces > 12, "the photos show faces: " + faces);
  }

  private static List<Path> photos() {
    List<Path> photos = new ArrayList<>(SharedData.files("data/photos"));
    photos.removeIf(p -> !p.toString().matches(".*\\.(jpg|png)"));
    photos.addAll(sample("data/lfw/images"));
    photos.addAll(sample("data/fddb"));
    return photos;
  }

  @Test
  void copesWithNoiseAndOddSizes() {
    Random random = new Random(11);
    try (Both both = new Both(false)) {
      for (int[] size : new int[][] {{12, 12}, {20, 20}, {33, 20}, {20, 151}, {301, 222}}) {
        byte[] rgb = new byte[size[0] * size[1] * 3];
        random.nextBytes(rgb);
        both.assertSame(Image.ofRgb(size[0], size[1], rgb), size[0] + "x" + size[1]);
      }
    }
  }

  private static List<Path> sample(String folder) {
    List<Path> photos = new ArrayList<>(SharedData.files(folder));
    photos.removeIf(p -> !p.toString().endsWith(".jpg"));
    Collections.shuffle(photos, new Random(5));
    return photos.subList(0, SAMPLE);
  }

  /** The plain and the fast cascade with the published weights. */
  private static final class Both implements AutoCloseable {
    private final List<Runnable> closings = new ArrayList<>();
    private final Workers workers = new Workers(3);
    private final MtcnnOptions options =
        new MtcnnOptions(20, 0.709, List.of(0.6f, 0.7f, 0.7f), false, false, null);
    private final Network pnet;
    private final Network rnet;
    private final Network onet;
    private final PlainCascade plain;
    private final FastCascade fast;

    /** The same plain networks for both, or the published ones against the rewritten. */
    Both(boolean rewritten) {
      pnet = network(MtcnnGraphs::pnet, "pnet", rewritten);
      rnet = network(MtcnnGraphs::rnet, "rnet", rewritten);
      onet = network(MtcnnGraphs::onet, "onet", rewritten);
      fast = with(workers);
      plain =
          new PlainCascade(
              rewritten ? published("pnet") : PlainNetwork.apart("pnet", pnet),
              rewritten ? published("rnet") : PlainNetwork.apart("rnet", rnet),
              rewritten ? published("onet") : PlainNetwork.apart("onet", onet),
              options);
    }

    FastCascade with(Workers others) {
      return new FastCascade(pnet, rnet, onet, options, others);
    }

    private Network network(Function<Checkpoint, Graph> emitter, String net, boolean rewritten) {
      Graph graph = emitter.apply(checkpoint(net));
      Network network =
          new OnnxNetwork(rewritten ? CpuRewrites.apply(graph) : graph, OnnxOptions.defaults());
      closings.add(network::close);
      return network;
    }

    private PlainNetwork published(String net) {
      PlainNetwork network = PlainNetwork.published(net, checkpoint(net), OnnxOptions.defaults());
      closings.add(network::close);
      return network;
    }

    private static Checkpoint checkpoint(String net) {
      return Checkpoint.read(SharedData.path("models/mtcnn/" + net + ".pt"));
    }

    int assertSame(Image image, String what) {
      assertEquals(0, difference(image, what), PIXELS, what);
      return fast.detect(image).size();
    }

    /**
     * The largest difference of a coordinate in pixels; the faces must be as many, in the same
     * order.
     */
    float difference(Image image, String what) {
      List<Face> expected = plain.detect(image);
      List<Face> actual = fast.detect(image);
      assertEquals(expected.size(), actual.size(), what);
      float largest = 0;
      for (int i = 0; i < actual.size(); i++) {
        float[] a = numbers(expected.get(i));
        float[] b = numbers(actual.get(i));
        for (int k = 0; k < a.length; k++) {
          largest = Math.max(largest, Math.abs(a[k] - b[k]));
        }
        assertEquals(expected.get(i).score(), actual.get(i).score(), 1e-2f, what);
      }
      return largest;
    }

    private static float[] numbers(Face face) {
      float[] all = new float[14];
      all[0] = face.box().x1();
      all[1] = face.box().y1();
      all[2] = face.box().x2();
      all[3] = face.box().y2();
      for (int k = 0; k < 5; k++) {
        all[4 + 2 * k] = face.landmarks().points().get(k).x();
        all[5 + 2 * k] = face.landmarks().points().get(k).y();
      }
      return all;
    }

    @Override
    public void close() {
      closings.forEach(Runnable::run);
      workers.close();
    }
  }
}
