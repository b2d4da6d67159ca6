// Names the faces in a photo. It knows the people by a folder with a folder for each person.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=NameFaces
// With your photos: add -Dexec.args="PEOPLE PHOTO"
package io.facepipeline.examples;

import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.PhotoFolder;
import java.nio.file.Path;

public final class NameFaces {
  private NameFaces() {}

  public static void main(String[] args) {
    Path people = args.length > 0 ? Path.of(args[0]) : SampleAlbum.path("people");
    Path photo = args.length > 1 ? Path.of(args[1]) : SampleAlbum.path("groups/group_1.jpg");
    try (FacePipeline faces = FacePipeline.create()) {
      PhotoFolder.scan(people)
          .people()
          .forEach(
              (name, photos) ->
                  faces.enrollAll(name, photos.stream().map(ImageSource::of).toList()).stream()
                      .filter(outcome -> !outcome.isPresent())
                      .forEach(System.out::println)); // a photo without a face, for example
      for (Identification who : faces.identify(Image.read(photo))) {
        System.out.println(who);
      }
    }
  }
}
