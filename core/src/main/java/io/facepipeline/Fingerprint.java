package io.facepipeline;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/** How {@link ModelCard#fingerprint} writes which model an embedding is of, and compares it. */
final class Fingerprint {
  private static final int FILE_DIGITS = 12;
  private static final int PREPARATION_DIGITS = 8;
  private static final String MIRRORED = "+mirrored";

  private Fingerprint() {}

  static String of(ModelCard card) {
    String sha256 = card.sourceSha256();
    return card.id()
        + "@"
        + sha256.substring(0, Math.min(FILE_DIGITS, sha256.length()))
        + ":"
        + preparation(card)
        + (card.mirrored() ? MIRRORED : "");
  }

  static boolean sameEmbedding(String one, String other) {
    return one.equals(other)
        || (namesPreparation(one) != namesPreparation(other)
            && filePart(one).equals(filePart(other)));
  }

  static boolean namesPreparation(String fingerprint) {
    return filePart(fingerprint).length() < fingerprint.length();
  }

  private static String filePart(String fingerprint) {
    int colon = fingerprint.indexOf(':', Math.max(0, fingerprint.lastIndexOf('@')));
    return colon < 0 ? fingerprint : fingerprint.substring(0, colon);
  }

  /** Of the numbers' bits, since their text is not the same in every Java. */
  private static String preparation(ModelCard card) {
    Hasher hash = Hashing.sha256().newHasher();
    hash.putInt(card.crop().width()).putInt(card.crop().height());
    CropSpec.Rule rule = card.crop().rule();
    if (rule instanceof CropSpec.Rule.Template t) {
      text(hash, "template " + t.fit().name());
      for (Point point : t.template().points()) {
        number(hash, point.x());
        number(hash, point.y());
      }
    } else if (rule instanceof CropSpec.Rule.EyesAndMouth e) {
      text(hash, "eyes-and-mouth");
      number(hash, e.eyeRow());
      number(hash, e.eyeToMouth());
    } else if (rule instanceof CropSpec.Rule.Margin m) {
      text(hash, "margin");
      hash.putInt(m.margin());
    } else if (rule instanceof CropSpec.Rule.ScaledBox b) {
      text(hash, "scaled-box " + b.square());
      number(hash, b.scale());
    }
    text(hash, card.colorOrder().name());
    card.mean().forEach(value -> number(hash, value));
    card.deviation().forEach(value -> number(hash, value));
    if (card.whitened()) {
      text(hash, "whitened");
    }
    hash.putInt(card.embeddingSize());
    return hash.hash().toString().substring(0, PREPARATION_DIGITS);
  }

  private static void text(Hasher hash, String text) {
    hash.putInt(text.length()).putString(text, StandardCharsets.UTF_8);
  }

  /** Zero has two signs that prepare a crop alike. */
  private static void number(Hasher hash, float value) {
    hash.putFloat(value == 0 ? 0 : value);
  }
}
