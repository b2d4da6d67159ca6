package io.facepipeline.evaluation.internal;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes figures in tables and JSON. */
public final class Figures {
  private Figures() {}

  /** {@return a share as a percentage with two decimals; a dash where there is none} */
  public static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** {@return a number with some decimals; a dash where there is none} */
  public static String number(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** {@return a rate in short form, such as 1e-3} */
  public static String rateName(double rate) {
    return "1e-" + Math.round(-Math.log10(rate));
  }

  /** {@return a rate without an exponent, as a key in JSON} */
  public static String rateKey(double rate) {
    return BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString();
  }

  /** {@return a number for JSON, which has neither NaN nor infinity} */
  public static @Nullable Double orNull(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
