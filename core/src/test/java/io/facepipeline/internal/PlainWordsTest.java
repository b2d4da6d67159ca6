package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class PlainWordsTest {
  @Test
  void adviceForProgramsBecomesWhatCanBeDoneHere() {
    assertEquals(
        "a.png: 9 pixels; make the picture smaller",
        PlainWords.of("a.png: 9 pixels; raise ReadOptions.maxPixels if the picture is trusted"));
    assertEquals(
        "team holds no gallery; 'gallery add' creates one",
        PlainWords.of(
            "team holds no gallery; pass the embedder's card to create one: Gallery.open(folder,"
                + " card)"));
    assertEquals(
        "nobody has measured the thresholds of x; give one with --threshold",
        PlainWords.of("nobody has measured the thresholds of x; give a threshold yourself"));
    assertEquals(
        "x is not free; choose another model (models list --commercial), or ask them and leave"
            + " --commercial-only out",
        PlainWords.of(
            "x is not free; choose another model (models list --commercial), or ask them and leave"
                + " onlyCommercialUse() or --commercial-only out"));
    assertEquals(
        "something is wrong", PlainWords.of("something is wrong; call Gallery.in(folder).x()"));
  }

  @Test
  void factsStay() {
    for (String fact :
        new String[] {
          "a; b.jpg: no such file; check the path",
          "x.pth holds neither a state dict nor a tensor",
          "MobileFaceNet (foamliu); OpenCV's DNN"
        }) {
      assertEquals(fact, PlainWords.of(fact));
    }
  }
}
