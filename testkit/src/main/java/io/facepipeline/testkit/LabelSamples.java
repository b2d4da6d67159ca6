package io.facepipeline.testkit;

import io.facepipeline.internal.Labels;
import java.util.List;

/** Labels that every store of people must keep, and labels that it must refuse. */
public final class LabelSamples {
  /** Labels that come back as they went in, but for their composed form. */
  public static final List<String> GOOD =
      List.of(
          " ada ",
          "a,b;\"c\" 'd'",
          "=HYPERLINK(1)",
          "#comment",
          "-",
          "NULL",
          "team/ada",
          "\u5c0f\u91ce\u5bfa",
          "\u0645\u06cc\u200c\u0631\u0632\u0627",
          "\ud83d\udc69\u200d\ud83d\ude80",
          "Jose\u0301",
          "x".repeat(Labels.MAX_BYTES));

  /** Texts that may not be labels. */
  public static final List<String> BAD =
      List.of(
          "",
          " ",
          "\u200b",
          "\0",
          "ann\0",
          "a\nb",
          "a\tb",
          "\uFEFFann",
          "\ud83d",
          "a\udc00",
          "..",
          ".",
          "Zo\uFFFD",
          "x".repeat(1_000_000));

  private LabelSamples() {}
}
