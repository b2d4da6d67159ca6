package io.facepipeline.training.faces;

import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.PhotoFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The training part of WIDER FACE (Yang et al., 2016) as its authors publish it: {@code
 * WIDER_train/images} with a folder for each event, and {@code
 * wider_face_split/wider_face_train_bbx_gt.txt}. Only those photos are used that are there; of
 * those that the list lacks nothing is known.
 */
public final class WiderFace {
  private static final String LIST = "wider_face_split/wider_face_train_bbx_gt.txt";
  private static final int INVALID = 7;

  /** Faces that are blurred or hidden as much are neither to be found nor to be left out. */
  private static final int HEAVY = 2;

  private WiderFace() {}

  /**
   * {@return the photos of a folder}
   *
   * @throws FacePipelineException if the list cannot be read or there are no photos
   */
  public static List<LabelledPhoto> read(Path folder) {
    Path images = folder.resolve("WIDER_train/images");
    Map<String, List<LabelledFace>> labels = labels(folder.resolve(LIST));
    List<LabelledPhoto> photos = new ArrayList<>();
    for (Path file : PhotoFolder.scan(images).photos()) {
      String name = images.relativize(file).toString().replace('\\', '/');
      List<LabelledFace> faces = labels.get(name);
      photos.add(
          new LabelledPhoto(
              file, ResearchPhotos.WIDER, faces == null ? List.of() : faces, faces != null));
    }
    if (photos.isEmpty()) {
      throw new FacePipelineException(
          images + " holds no photos; give the folder that holds WIDER_train");
    }
    return photos;
  }

  /**
   * Adds photos to others, among which some may be there in another size: of two that show the
   * same, the one stays whose faces are marked, or else the first.
   *
   * @param photos those to add
   * @param all those that there are
   */
  public static void add(List<LabelledPhoto> photos, List<LabelledPhoto> all) {
    Map<String, LabelledPhoto> named = new HashMap<>();
    photos.forEach(photo -> named.put(title(photo.file()), photo));
    all.removeIf(
        photo -> {
          LabelledPhoto same = named.get(title(photo.file()));
          if (same == null) {
            return false;
          }
          if (!same.complete()) {
            named.remove(title(photo.file()));
            return false;
          }
          return true;
        });
    photos.stream().filter(photo -> photo.equals(named.get(title(photo.file())))).forEach(all::add);
  }

  /** A photo's own name, behind what else a collection puts before it. */
  private static String title(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf("__") + 1).replaceFirst("^_", "");
  }

  private static Map<String, List<LabelledFace>> labels(Path list) {
    List<String> lines;
    try {
      lines = Files.readAllLines(list);
    } catch (IOException e) {
      throw new FacePipelineException("cannot read " + list + ": " + e, e);
    }
    Map<String, List<LabelledFace>> labels = new HashMap<>();
    int at = 0;
    try {
      while (at < lines.size() && !lines.get(at).isBlank()) {
        String name = lines.get(at).strip();
        int count = Integer.parseInt(lines.get(at + 1).strip());
        at += 2;
        List<LabelledFace> faces = new ArrayList<>();
        for (int i = 0; i < count; i++, at++) {
          faces.add(face(lines.get(at)));
        }
        // Where there is no face a line of zeros stands for none.
        at += count == 0 ? 1 : 0;
        labels.put(name, faces);
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new FacePipelineException(
          list
              + ", line "
              + (at + 1)
              + ": expected a photo, the number of its faces, and a line of ten numbers for each;"
              + " give the list as it is published: "
              + e,
          e);
    }
    return labels;
  }

  private static LabelledFace face(String line) {
    String[] fields = line.strip().split("\\s+", -1);
    float x = Float.parseFloat(fields[0]);
    float y = Float.parseFloat(fields[1]);
    float width = Float.parseFloat(fields[2]);
    float height = Float.parseFloat(fields[3]);
    boolean invalid = Integer.parseInt(fields[INVALID]) != 0;
    boolean hidden = Integer.parseInt(fields[INVALID + 1]) >= HEAVY;
    Box box = new Box(x, y, x + Math.max(1, width), y + Math.max(1, height));
    return new LabelledFace(box, null, invalid || hidden);
  }
}
