// Keeps a gallery of people in a folder: the next run knows whom this one enrolled.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=KeepGallery
// With your folder, in which it is kept: add -Dexec.args=GALLERY
package io.facepipeline.examples;

import io.facepipeline.Enrollment;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

public final class KeepGallery {
  private KeepGallery() {}

  public static void main(String[] args) throws IOException {
    Path folder = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("gallery");
    try (FacePipeline faces = FacePipeline.builder().classifier(Gallery.in(folder)).build()) {
      System.out.println("known before: " + faces.gallery().labels());
      Enrollment.Options engines =
          Enrollment.Options.defaults().withReplacing(true).withMetadata(Map.of("team", "engines"));
      for (String name : List.of("ada", "bao")) {
        Path photo = SampleAlbum.path("people/" + name + "/" + name + "_1.jpg");
        faces.enrollAll(name, List.of(ImageSource.of(photo)), engines).get(0).get();
      }
    }
    try (FacePipeline faces = FacePipeline.builder().classifier(Gallery.in(folder)).build()) {
      System.out.println("known after: " + faces.gallery().labels());
      faces
          .identify(Image.read(SampleAlbum.path("groups/group_1.jpg")))
          .forEach(System.out::println);
    }
    try (Gallery gallery = Gallery.open(folder)) { // needs no model
      gallery.remove("bao");
      gallery.compact(ProgressListener.NONE); // now no file of the gallery holds bao's vectors
      System.out.println("kept: " + gallery.people());
    }
  }
}
