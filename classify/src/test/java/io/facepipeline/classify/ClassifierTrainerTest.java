package io.facepipeline.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.classify.TrainingReport.ConfusionMatrix;
import io.facepipeline.classify.augment.Augmentation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ClassifierTrainerTest {
  private static final String MODEL = "test@1";

  /** People in random directions, with photos around them. */
  private static Map<String, List<Embedding>> people(int count, int photos, double noise) {
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    for (int person = 0; person < count; person++) {
      List<Embedding> faces = new ArrayList<>();
      for (int photo = 0; photo < photos; photo++) {
        faces.add(face(person, photo, noise));
      }
      people.put("person " + person, faces);
    }
    return people;
  }

  private static Embedding face(int person, int photo, double noise) {
    Random direction = new Random(person);
    Random around = new Random(1000L * person + photo + 77);
    float[] vector = new float[16];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) (direction.nextGaussian() + noise * around.nextGaussian());
    }
    return Embedding.of(MODEL, vector);
  }

  @ParameterizedTest
  @EnumSource(ClassifierKind.class)
  void keepsTheFalseAcceptRateThatWasNamed(ClassifierKind kind) {
    TrainingResult result = kind.trainer().falseAcceptRate(0.1).fromEmbeddings(people(80, 2, 0.5));
    TrainingReport.Strangers strangers = result.report().strangers();
    assertEquals(160, strangers.trials());
    assertTrue(strangers.accepted() <= 16, strangers.toString());
    int named = 0;
    for (int stranger = 1000; stranger < 1300; stranger++) {
      named += result.classifier().classify(face(stranger, 0, 0.5)).isKnown() ? 1 : 0;
    }
    // 30 are expected at most. The rate is measured on 80 people, which leaves it a deviation of 3
    // in a hundred: 60 would be three of those away.
    assertTrue(named < 60, kind + " named " + named + " of 300 strangers");
    int right = 0;
    for (int person = 0; person < 80; person++) {
      String label = "person " + person;
      right += label.equals(result.classifier().classify(face(person, 500, 0.5)).label()) ? 1 : 0;
    }
    assertTrue(right >= 30, kind + " named " + right + " of 80 people");
  }

  @Test
  void aRateThatThePhotosCannotShowIsRefusedWithTheNumberNeeded() {
    ClassifierTrainer trainer = ClassifierKind.CENTROID.trainer().falseAcceptRate(0.001);
    ClassifierException e =
        assertThrows(ClassifierException.class, () -> trainer.fromEmbeddings(people(10, 4, 0.3)));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("999 faces"), e.getMessage());
    assertTrue(e.getMessage().contains("there are 40"), e.getMessage());
    assertTrue(e.getMessage().contains("0.0244"), e.getMessage());
  }

  @Test
  void withoutARateOnePercentIsAimedForWherePhotosAllowIt() {
    assertEquals(
        0.01,
        ClassifierKind.CENTROID
            .trainer()
            .fromEmbeddings(people(40, 3, 0.3))
            .report()
            .strangers()
            .falseAcceptRate());
    assertEquals(
        1.0 / 13,
        ClassifierKind.CENTROID
            .trainer()
            .fromEmbeddings(people(4, 3, 0.3))
            .report()
            .strangers()
            .falseAcceptRate());
  }

  @Test
  void twoPeopleNeedStrangersOrAClosedSet() {
    Map<String, List<Embedding>> two = people(2, 4, 0.3);
    ClassifierException e =
        assertThrows(
            ClassifierException.class, () -> ClassifierKind.SVM.trainer().fromEmbeddings(two));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("closedSet()"), e.getMessage());

    TrainedClassifier closed =
        ClassifierKind.SVM.trainer().closedSet().fromEmbeddings(two).classifier();
    assertTrue(closed.classify(face(99, 0, 0.3)).isKnown(), "everyone is named");
    assertEquals("person 1", closed.classify(face(1, 50, 0.3)).label());

    List<Embedding> strangers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      strangers.add(face(200 + i, 0, 0.3));
    }
    TrainingResult open = ClassifierKind.SVM.trainer().strangers(strangers).fromEmbeddings(two);
    assertEquals(60, open.report().strangers().trials());
    assertFalse(open.classifier().classify(face(99, 0, 0.3)).isKnown());
    assertEquals("person 1", open.classifier().classify(face(1, 50, 0.3)).label());
  }

  @ParameterizedTest
  @EnumSource(ClassifierKind.class)
  void trainingIsRepeatable(ClassifierKind kind) {
    Map<String, List<Embedding>> people = people(6, 4, 0.8);
    TrainingResult first = kind.trainer().seed(3).fromEmbeddings(people);
    TrainingResult second = kind.trainer().seed(3).fromEmbeddings(people);
    assertEquals(first.classifier(), second.classifier());
    assertEquals(first.report(), second.report());
  }

  @Test
  void theReportTellsWhoWasTakenForWhom() {
    Map<String, List<Embedding>> people = new LinkedHashMap<>(people(4, 5, 0.2));
    // One photo of person 0 lies in person 1's folder.
    List<Embedding> mixed = new ArrayList<>(people.get("person 1"));
    mixed.set(0, face(0, 99, 0.2));
    people.put("person 1", mixed);
    TrainingReport report = ClassifierKind.CENTROID.trainer().fromEmbeddings(people).report();
    assertEquals(19.0 / 20, report.accuracy(), 1e-12);
    assertEquals(1, report.confusion().counts().get(1).get(0));
    ConfusionMatrix.PersonFigures zero = report.confusion().people().get(0);
    assertEquals(5.0 / 6, zero.precision(), 1e-12);
    assertEquals(1, zero.recall(), 1e-12);
    assertEquals(10.0 / 11, zero.f1(), 1e-12);
    String text = report.text();
    assertTrue(text.contains("19 of 20 photos correct, accuracy 0.9500"), text);
    assertTrue(text.contains("strangers: named at most"), text);
  }

  @Test
  void wrongFoldersAreNoticed() {
    Random random = new Random(2);
    Map<String, List<Embedding>> shuffled = new LinkedHashMap<>();
    List<Embedding> all = new ArrayList<>();
    people(4, 4, 0.1).values().forEach(all::addAll);
    for (int person = 0; person < 4; person++) {
      List<Embedding> one = new ArrayList<>();
      // Everyone's folder holds one photo of everyone: nothing is like its own.
      for (int other = 0; other < 4; other++) {
        one.add(all.get(other * 4 + person));
      }
      Collections.shuffle(one, random);
      shuffled.put("person " + person, one);
    }
    ClassifierException e =
        assertThrows(
            ClassifierException.class, () -> ClassifierKind.KNN.trainer().fromEmbeddings(shuffled));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("no more similar"), e.getMessage());
  }

  @Test
  void logisticRegressionGivesAPosterior() {
    TrainedClassifier classifier =
        ClassifierKind.LOGISTIC.trainer().fromEmbeddings(people(5, 4, 0.2)).classifier();
    Map<String, Double> posterior = classifier.posterior(face(3, 60, 0.2));
    assertEquals(classifier.labels(), List.copyOf(posterior.keySet()));
    assertEquals(1, posterior.values().stream().mapToDouble(Double::doubleValue).sum(), 1e-9);
    assertTrue(posterior.get("person 3") > 0.5, posterior.toString());
    TrainedClassifier svm =
        ClassifierKind.SVM.trainer().fromEmbeddings(people(5, 4, 0.2)).classifier();
    assertThrows(IllegalStateException.class, () -> svm.posterior(face(3, 60, 0.2)));
  }

  @Test
  void theGaussianSvmRefusesMoreThanItsMemoryAllows() {
    Map<String, List<Embedding>> many = people(301, 10, 0.1);
    ClassifierException e =
        assertThrows(
            ClassifierException.class, () -> ClassifierKind.SVM_RBF.trainer().fromEmbeddings(many));
    assertEquals(ClassifierException.Reason.UNTRAINABLE, e.reason());
    assertTrue(e.getMessage().contains("3000"), e.getMessage());
  }

  @Test
  void progressCountsTheTrainingsToTheEnd() {
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    ClassifierKind.SVM
        .trainer()
        .progress(
            (d, total, step) -> {
              done.add(d);
              totals.add(total);
            })
        .fromEmbeddings(people(4, 3, 0.2));
    // Four costs in three folds, four people left out, and the last on all.
    assertEquals(17, done.size());
    assertEquals(17L, done.get(16));
    assertTrue(totals.stream().allMatch(total -> total == 17), totals.toString());
  }

  @Test
  void settersRefuseWhatCannotBe() {
    assertThrows(
        IllegalArgumentException.class, () -> ClassifierKind.SVM.trainer().falseAcceptRate(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassifierKind.SVM.trainer().falseAcceptRate(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> ClassifierKind.SVM.trainer().folds(1));
    assertThrows(IllegalStateException.class, () -> ClassifierKind.SVM.trainer().seed(1).seed(2));
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassifierKind.SVM.trainer().closedSet().falseAcceptRate(0.1));
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassifierKind.SVM.trainer().falseAcceptRate(0.1).closedSet());
    assertThrows(
        IllegalArgumentException.class, () -> ClassifierKind.SVM.trainer().strangers(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ClassifierKind.SVM
                .trainer()
                .augmentation(Augmentation.standard())
                .fromEmbeddings(people(3, 3, 0.1)));
    Map<String, List<Embedding>> mixed = new LinkedHashMap<>(people(3, 3, 0.1));
    mixed.put("other", List.of(Embedding.of("other@2", face(9, 9, 0).toArray())));
    assertThrows(
        IllegalArgumentException.class, () -> ClassifierKind.SVM.trainer().fromEmbeddings(mixed));
    mixed.put("other", List.of());
    assertEquals(
        ClassifierException.Reason.UNTRAINABLE,
        assertThrows(
                ClassifierException.class, () -> ClassifierKind.SVM.trainer().fromEmbeddings(mixed))
            .reason());
  }

  @Test
  void kindsAreKnownByTheirNames() {
    assertEquals(List.of("svm", "svm-rbf", "knn", "centroid", "logistic"), ClassifierKind.ids());
    for (ClassifierKind kind : ClassifierKind.values()) {
      assertEquals(kind, ClassifierKind.named(kind.id()));
      assertEquals(kind, kind.trainer().fromEmbeddings(people(3, 3, 0.2)).classifier().kind());
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ClassifierKind.named("tree"));
    assertTrue(e.getMessage().contains("tree") && e.getMessage().contains("logistic"));
  }
}
