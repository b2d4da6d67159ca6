package io.facepipeline;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image of a list or stream: its place, its source, and what it is called, which its source may
 * fail to say.
 */
record Photo(int index, @Nullable ImageSource source, String name) {
  static List<Photo> of(List<? extends ImageSource> sources) {
    List<Photo> photos = new ArrayList<>(sources.size());
    for (ImageSource source : sources) {
      photos.add(of(photos.size(), source));
    }
    return photos;
  }

  static Photo of(int index, @Nullable ImageSource source) {
    String name = null;
    try {
      name = source == null ? null : source.name();
    } catch (RuntimeException e) {
      // What it says of the picture is reported; a name it cannot give is no reason to stop.
    }
    return new Photo(index, source, name != null ? name : "image " + (index + 1));
  }

  /** Whether the picture is in memory already. */
  boolean isLoaded() {
    return source instanceof Image;
  }

  Image load() {
    if (source == null) {
      throw new FacePipelineException(name + " of the list is null; give an image source");
    }
    Image image = source.load();
    if (image == null) {
      throw new FacePipelineException(
          name + ": its source returned null; it must return a picture or throw");
    }
    return image;
  }
}
