// Tells whether photos show the same person as a first photo.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=VerifyPhotos
// With your photos: add -Dexec.args="PHOTO PHOTO ..."
package io.facepipeline.examples;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

public final class VerifyPhotos {
  private VerifyPhotos() {}

  public static void main(String[] args) {
    List<Path> photos =
        args.length > 1
            ? Stream.of(args).map(Path::of).toList()
            : Stream.of("ada/ada_1.jpg", "ada/ada_2.jpg", "bao/bao_1.jpg")
                .map(name -> SampleAlbum.path("people/" + name))
                .toList();
    try (FacePipeline faces = FacePipeline.builder().withoutClassifier().build()) {
      Image first = Image.read(photos.get(0));
      List<ImageSource> others = photos.stream().skip(1).map(ImageSource::of).toList();
      faces.verifyAll(first, others).forEach(System.out::println);
    }
  }
}
