package io.facepipeline.training.network;

import io.facepipeline.evaluation.Table;
import java.util.List;
import java.util.Locale;

/**
 * A photo that is not trained on.
 *
 * @param photo the file
 * @param reason why
 * @param detail what is wrong with it
 */
record LeftOut(String photo, Reason reason, String detail) {
  /** Why a photo is left out. */
  enum Reason {
    /** It cannot be read. */
    UNREADABLE,
    /** It shows no face. */
    NO_FACE,
    /** The same picture is there already. */
    DUPLICATE,
    /** It is not a picture. */
    NOT_A_PHOTO,
    /** It is in no folder of a class. */
    OF_NO_CLASS;

    /** Whether something is lost with it. */
    boolean isLoss() {
      return this == UNREADABLE || this == NO_FACE || this == OF_NO_CLASS;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  static Table table(List<LeftOut> photos) {
    return new Table(
        List.of("photo", "reason", "detail"),
        photos.stream().map(p -> List.of(p.photo(), p.reason().toString(), p.detail())).toList());
  }

  @Override
  public String toString() {
    return photo + ": " + detail;
  }
}
