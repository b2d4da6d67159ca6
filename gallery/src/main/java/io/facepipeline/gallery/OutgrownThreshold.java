package io.facepipeline.gallery;

import io.facepipeline.ModelCard.Thresholds;
import io.facepipeline.internal.ImpostorTail;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Warns when a gallery has far more faces than its threshold was given for: a stranger is compared
 * with each of them. Thread-safe.
 */
final class OutgrownThreshold {
  private static final System.Logger LOG = System.getLogger(Gallery.class.getName());

  /** With so many faces, a card's identification threshold names 1 % of the strangers. */
  private static final int CARD_FACES = 1_000;

  private static final double CARD_SHARE = 0.01;

  /** More than so many strangers with names are far too many. */
  private static final double FAR_TOO_MANY = 0.1;

  private final @Nullable ImpostorTail tail;
  private final @Nullable Thresholds measured;
  private final float threshold;

  /** Whether there is nothing to say, or it was said. */
  private final AtomicBoolean silent;

  /**
   * Watches a gallery.
   *
   * @param measured the thresholds on the card of its embedder; null if there are none
   * @param threshold the gallery's
   */
  OutgrownThreshold(@Nullable Thresholds measured, float threshold) {
    this.measured = measured;
    this.threshold = threshold;
    boolean told = measured != null && measured.identification() > measured.verification();
    tail =
        measured != null && told
            ? ImpostorTail.through(
                measured.verification(),
                Thresholds.VERIFICATION_FAR,
                measured.identification(),
                Thresholds.IDENTIFICATION_FAR)
            : null;
    silent = new AtomicBoolean(tail == null);
  }

  /** Warns once, when people are to be named among too many faces. */
  void check(int faces) {
    if (silent.get() || faces <= CARD_FACES || tail == null || measured == null) {
      return;
    }
    double strangers = ImpostorTail.ofGallery(tail.rateAt(threshold), faces);
    if (strangers > FAR_TOO_MANY && silent.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          String.format(
              Locale.ROOT,
              "the gallery has %d faces, too many for its threshold of %.3f: each stranger is"
                  + " compared with all of them, and about %.0f %% would get somebody's name; with"
                  + " a threshold of %.3f it would be 1 %%",
              faces,
              threshold,
              100 * strangers,
              measured.identification(faces, CARD_SHARE)));
    }
  }
}
