package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CropViewsTest {
  private static final int CROPS = 8;
  private static final int PASSES = 400;

  @TempDir Path folder;

  private CropStore crops() {
    Random random = new Random(3);
    return CropStore.open(
        folder.resolve("crops.rgb"),
        CropStore.USUAL,
        to -> {
          for (int i = 0; i < CROPS; i++) {
            byte[] rgb = new byte[CropStore.USUAL.bytes()];
            random.nextBytes(rgb);
            to.accept("", Image.ofRgb(CropStore.USUAL.width(), CropStore.USUAL.height(), rgb));
          }
        });
  }

  private static CropViews views(CropStore crops, long seed, double strength) {
    List<Integer> all = IntStream.range(0, CROPS).boxed().toList();
    return new CropViews(crops, all, ViewRecipe.of(1, strength), seed);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 0.2", "1, 0.4"})
  void theStrengthSaysHowManyViewsAreMixed(double strength, double share) {
    try (CropStore crops = crops()) {
      CropViews views = views(crops, 1, strength);
      double mixed =
          IntStream.range(0, CROPS * PASSES)
              .filter(i -> views.isMixed(i % CROPS, i / CROPS))
              .count();
      assertEquals(share, mixed / (CROPS * PASSES), 0.03);
    }
  }

  @Test
  void aViewFollowsFromSeedCropAndPass() {
    try (CropStore crops = crops()) {
      Image view = views(crops, 1, 1).view(2, 3).seen();
      assertEquals(view, views(crops, 1, 1).view(2, 3).seen());
      assertNotEquals(view, views(crops, 2, 1).view(2, 3).seen());
      assertNotEquals(view, views(crops, 1, 1).view(1, 3).seen());
      assertNotEquals(view, views(crops, 1, 1).view(2, 4).seen());
    }
  }

  /** Where the face is is the same to both; how it looks is not. */
  @Test
  void aCleanTeacherSeesTheViewBeforeItIsMadeWorse() {
    try (CropStore crops = crops()) {
      List<Integer> all = IntStream.range(0, CROPS).boxed().toList();
      ViewRecipe clean = new ViewRecipe(1, 1, 0, 0, 1, false, false, true);
      CropViews views = new CropViews(crops, all, clean, 1);
      int masked = 0;
      for (int pass = 0; pass < 100; pass++) {
        CropViews.View view = views.view(2, pass);
        assertEquals(view, new CropViews(crops, all, clean, 1).view(2, pass));
        assertNotEquals(view.seen(), view.taught());
        masked += isFlat(view.seen()) ? 1 : 0;
        assertFalse(isFlat(view.taught()));
        CropViews.View same = views(crops, 1, 1).view(2, pass);
        assertEquals(same.seen(), same.taught());
      }
      assertTrue(masked > 5 && masked < 40, "masked " + masked + " of 100");
    }
  }

  /** Whether the middle of the mouth is of one color, which noise is not. */
  private static boolean isFlat(Image crop) {
    byte[] mouth = crop.crop(50, 88, 12, 8).toRgb();
    return IntStream.range(3, mouth.length).allMatch(i -> mouth[i] == mouth[i - 3]);
  }

  @Test
  void randAugmentChangesViewsBesideWhatElseDoes() {
    try (CropStore crops = crops()) {
      ViewRecipe drawn = new ViewRecipe(1, 0, 2, 9, 1, false, false, false);
      List<Integer> all = IntStream.range(0, CROPS).boxed().toList();
      CropViews views = new CropViews(crops, all, drawn, 1);
      CropViews plain = views(crops, 1, 0);
      assertEquals(views.view(2, 3).seen(), new CropViews(crops, all, drawn, 1).view(2, 3).seen());
      long changed =
          IntStream.range(0, 50)
              .filter(pass -> !views.view(2, pass).seen().equals(plain.view(2, pass).seen()))
              .count();
      assertTrue(changed > 40, "changed " + changed + " of 50");
    }
  }

  @Test
  void onlyPeopleWithEnoughCropsAreSeen() {
    Random random = new Random(3);
    try (CropStore crops =
        CropStore.open(
            folder.resolve("people.rgb"),
            CropStore.USUAL,
            to -> {
              for (String person : List.of("ada", "bao", "", "ada", "chidi", "bao", "ada")) {
                byte[] rgb = new byte[CropStore.USUAL.bytes()];
                random.nextBytes(rgb);
                to.accept(
                    person, Image.ofRgb(CropStore.USUAL.width(), CropStore.USUAL.height(), rgb));
              }
            })) {
      ViewPlan plan = new ViewPlan(crops, new ViewRecipe(3, 1, 0, 0, 2, true, false, false), 5);
      assertEquals(18, plan.total());
      assertEquals(2, plan.people());
      for (int pass = 0; pass < 3; pass++) {
        int begin = 6 * pass;
        assertEquals(
            List.of(0, 1, 2, 3, 5, 6),
            IntStream.range(begin, begin + 6).map(plan::crop).sorted().boxed().toList());
      }
      for (int view = 0; view < plan.total(); view++) {
        int owner = List.of(0, 1, -1, 0, -1, 1, 0).get(plan.crop(view));
        assertEquals(owner, plan.owner(view));
        assertTrue(plan.person(view) == owner || plan.person(view) == -1);
      }
    }
  }
}
