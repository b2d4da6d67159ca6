// Trains a support vector machine on a folder per person, saves it, and names faces with it.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=TrainSvm
// With your photos: add -Dexec.args="PEOPLE PHOTO FILE"; the classifier goes into FILE
package io.facepipeline.examples;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.classify.TrainedClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

public final class TrainSvm {
  private TrainSvm() {}

  public static void main(String[] args) throws IOException {
    Path people = args.length > 0 ? Path.of(args[0]) : SampleAlbum.path("people");
    Path photo = args.length > 1 ? Path.of(args[1]) : SampleAlbum.path("groups/group_2.jpg");
    Path file = args.length > 2 ? Path.of(args[2]) : Files.createTempFile("people", ".svm");
    try (FacePipeline faces = FacePipeline.builder().withoutClassifier().build()) {
      TrainingResult result = ClassifierKind.SVM.trainer().fromDirectory(faces, people);
      System.out.println(result.report()); // what was left out, accuracy, who is taken for whom
      result.classifier().save(file);

      try (FacePipeline trained = faces.with(TrainedClassifier.load(file))) { // shares the models
        trained.identify(Image.read(photo)).forEach(System.out::println);
      }
    }
  }
}
