package io.facepipeline.classify.training;

import io.facepipeline.PhotoFolder;
import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the photos in a folder per person. */
final class PeopleFolder {
  private PeopleFolder() {}

  /** A photo and whose folder it lies in. */
  record Photo(String person, Path file) {}

  /** The photos, by person and then by name; what is left out is noted. */
  static List<Photo> photos(Path people, List<PhotoNote> notes) {
    if (!Files.isDirectory(people)) {
      throw ClassifierException.untrainable(
          people + " is not a folder; give a folder with a folder of photos per person");
    }
    PhotoFolder folder = PhotoFolder.scan(people);
    folder.skipped().forEach(skipped -> notes.add(note(skipped)));
    List<Photo> photos = new ArrayList<>();
    folder
        .people()
        .forEach((person, files) -> files.forEach(file -> photos.add(new Photo(person, file))));
    for (Path file : folder.photos()) {
      if (people.relativize(file).getNameCount() < 2) {
        notes.add(
            new PhotoNote(
                file, PhotoNote.Reason.OF_NOBODY, false, "it is not in a person's folder"));
      }
    }
    return photos;
  }

  private static PhotoNote note(PhotoFolder.Skipped skipped) {
    PhotoNote.Reason reason =
        switch (skipped.reason()) {
          case HIDDEN -> PhotoNote.Reason.HIDDEN;
          case NOT_A_PHOTO -> PhotoNote.Reason.NOT_A_PHOTO;
          case UNREADABLE -> PhotoNote.Reason.UNREADABLE;
          case REPEATED -> PhotoNote.Reason.DUPLICATE;
        };
    return new PhotoNote(skipped.path(), reason, false, skipped.detail());
  }
}
