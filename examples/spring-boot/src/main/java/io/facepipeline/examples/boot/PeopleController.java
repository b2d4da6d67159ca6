package io.facepipeline.examples.boot;

import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.ReadOptions;
import io.facepipeline.Verification;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryPerson;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

@RestController
public class PeopleController {
  /** The largest photo; the largest upload is in application.properties. */
  private static final ReadOptions LIMITS = ReadOptions.defaults().withMaxPixels(25_000_000);

  private final FacePipeline faces;
  private final Gallery gallery;

  PeopleController(FacePipeline faces, Gallery gallery) {
    this.faces = faces;
    this.gallery = gallery;
  }

  @GetMapping("/people")
  List<GalleryPerson> people() {
    return gallery.people();
  }

  @PostMapping("/people/{name}")
  @ResponseStatus(HttpStatus.CREATED)
  List<String> enroll(@PathVariable String name, @RequestParam MultipartFile photo)
      throws IOException {
    return faces.enroll(name, read(photo)).quality().warnings();
  }

  @DeleteMapping("/people/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable String name) {
    if (gallery.remove(name) == 0) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "nobody of this name is enrolled");
    }
  }

  @PostMapping("/identify")
  List<Identification> identify(@RequestParam MultipartFile photo) throws IOException {
    return faces.identify(read(photo));
  }

  @PostMapping("/verify")
  Verification verify(@RequestParam MultipartFile first, @RequestParam MultipartFile second)
      throws IOException {
    return faces.verify(read(first), read(second));
  }

  /** A name that cannot be a label. The library's other failures are answered by the starter. */
  @ExceptionHandler
  ProblemDetail refused(IllegalArgumentException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
  }

  private static Image read(MultipartFile photo) throws IOException {
    try (InputStream bytes = photo.getInputStream()) {
      return Image.read(bytes, LIMITS);
    }
  }
}
