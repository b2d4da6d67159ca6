package io.facepipeline.training.embedder;

import com.google.common.util.concurrent.Uninterruptibles;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes views, pass after pass over all crops, and has the teacher embed them, in a thread of its
 * own, while another trains on what there is.
 */
final class ViewProducer implements AutoCloseable {
  private static final int BATCH = 16;
  private static final Face FACE =
      new Face(new Box(0, 0, 112, 112), Landmarks.of(38, 52, 74, 52, 56, 72, 42, 92, 71, 92), 1);

  private final CropStore crops;
  private final ViewMaker maker;
  private final FaceEmbedder teacher;
  private final ViewFile views;
  private final int passes;
  private final long seed;
  private final Thread thread = new Thread(this::run, "views");
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;
  private int ordered = -1;
  private List<Integer> order = List.of();

  ViewProducer(CropStore crops, FaceEmbedder teacher, ViewFile views, int passes, long seed) {
    if (!teacher.crop().equals(CropStore.SPEC)) {
      throw new FacePipelineException(
          "a teacher sees the crops that the student sees, "
              + CropStore.SPEC
              + ", but "
              + teacher.card().id()
              + " wants "
              + teacher.crop()
              + "; take another teacher");
    }
    this.crops = crops;
    this.teacher = teacher;
    this.views = views;
    this.passes = passes;
    this.seed = seed;
    maker = new ViewMaker(crops, seed);
  }

  /** {@return how many views there will be} */
  int total() {
    return Math.multiplyExact(crops.size(), passes);
  }

  /** Goes on where the file ends, until it is full. */
  void start() {
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> failure = e);
    thread.start();
  }

  /**
   * Waits until there are so many views.
   *
   * @throws FacePipelineException if no more can be made
   */
  void require(int count) {
    while (views.size() < count) {
      requireSound();
      Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(50));
    }
    requireSound();
  }

  private void requireSound() {
    Throwable cause = failure;
    if (cause != null) {
      throw new FacePipelineException("no more views can be made: " + cause.getMessage(), cause);
    }
  }

  private void run() {
    while (views.size() < total() && !stopped) {
      List<Image> batch = new ArrayList<>();
      List<AlignedFace> faces = new ArrayList<>();
      for (int i = views.size(); i < total() && batch.size() < BATCH; i++) {
        int pass = i / crops.size();
        Image view = maker.view(order(pass).get(i % crops.size()), pass);
        batch.add(view);
        faces.add(AlignedFace.of(FACE, CropStore.SPEC, view.unsafeRgb()));
      }
      List<Embedding> embeddings = teacher.embed(faces);
      for (int i = 0; i < batch.size(); i++) {
        byte[] rgb = batch.get(i).unsafeRgb();
        boolean small = views.side() < CropStore.SPEC.width();
        views.add(small ? AreaShrink.shrink(rgb) : rgb, embeddings.get(i).toArray());
      }
    }
  }

  /** The crops in another order in each pass. */
  private List<Integer> order(int pass) {
    if (pass != ordered) {
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < crops.size(); i++) {
        all.add(i);
      }
      Collections.shuffle(all, new Random(31 * seed + pass));
      order = all;
      ordered = pass;
    }
    return order;
  }

  /** Ends with the batch that is being made; what was made stays. */
  @Override
  public void close() {
    stopped = true;
    Uninterruptibles.joinUninterruptibly(thread);
  }
}
