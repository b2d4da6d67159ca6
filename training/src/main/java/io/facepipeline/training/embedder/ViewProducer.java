package io.facepipeline.training.embedder;

import com.google.common.util.concurrent.Uninterruptibles;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
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
import org.jspecify.annotations.Nullable;

/**
 * Makes views, pass after pass over all crops, and has the teacher embed them, in a thread of its
 * own, while another trains on what there is.
 */
final class ViewProducer implements AutoCloseable {
  private static final int BATCH = 16;
  private static final Face FACE =
      new Face(new Box(0, 0, 112, 112), Landmarks.of(38, 52, 74, 52, 56, 72, 42, 92, 71, 92), 1);

  private final ViewPlan plan;
  private final @Nullable FaceEmbedder teacher;
  private final ViewFile views;
  private final Thread thread = new Thread(this::run, "views");
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * Creates it.
   *
   * @param teacher embeds the views, or null if nobody does
   */
  ViewProducer(ViewPlan plan, @Nullable FaceEmbedder teacher, ViewFile views) {
    CropSpec spec = plan.views().spec();
    if (teacher != null && !teacher.crop().equals(spec)) {
      throw new FacePipelineException(
          "the teacher and the student must use the same crops, "
              + spec
              + ", but "
              + teacher.card().id()
              + " needs "
              + teacher.crop()
              + "; choose another teacher");
    }
    this.plan = plan;
    this.teacher = teacher;
    this.views = views;
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
      throw new FacePipelineException("cannot make more views: " + cause.getMessage(), cause);
    }
  }

  private void run() {
    while (views.size() < plan.total() && !stopped) {
      List<CropViews.View> batch = new ArrayList<>();
      for (int i = views.size(); i < plan.total() && batch.size() < BATCH; i++) {
        batch.add(plan.views().view(plan.crop(i), plan.pass(i)));
      }
      List<float[]> embeddings = taught(batch);
      boolean small = views.side() < plan.views().spec().width();
      for (int i = 0; i < batch.size(); i++) {
        byte[] rgb = batch.get(i).seen().unsafeRgb();
        views.add(small ? AreaShrink.shrink(rgb) : rgb, embeddings.get(i));
      }
    }
  }

  private List<float[]> taught(List<CropViews.View> batch) {
    if (teacher == null) {
      return Collections.nCopies(batch.size(), new float[0]);
    }
    return teacher.embed(batch.stream().map(view -> aligned(view.taught())).toList()).stream()
        .map(Embedding::toArray)
        .toList();
  }

  private AlignedFace aligned(Image crop) {
    return AlignedFace.of(FACE, plan.views().spec(), crop.unsafeRgb());
  }

  /** Ends with the batch that is being made; what was made stays. */
  @Override
  public void close() {
    stopped = true;
    Uninterruptibles.joinUninterruptibly(thread);
  }
}
