package com.example.team;

import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import java.nio.file.Path;

/** Enrolls the face in one photo as "ada", and names the faces in another. */
public class NameAFace {
  public static void main(String[] photos) {
    try (FacePipeline faces = FacePipeline.create()) {
      faces.enroll("ada", Image.read(Path.of(photos[0])));
      for (Identification who : faces.identify(Image.read(Path.of(photos[1])))) {
        System.out.println(who);
      }
    }
  }
}
