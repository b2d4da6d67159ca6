package io.facepipeline.gallery.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader sees of a {@link FaceTable}, as long as it is inside {@link FaceTable#read}.
 *
 * @param vectors the vector of each row
 * @param personOfRow the number of each row's person
 * @param nextRow the person's next row, or -1
 * @param idOfRow the id of each row's face
 * @param rows how many rows there are; the arrays may be longer
 * @param people by number, in pages; null where somebody was removed
 * @param peopleEnd the number after the last person's
 * @param livePeople how many people there are
 * @param codes codes of all rows that stand in the log, or null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the arrays are the point
public record Snapshot(
    EmbeddingBlocks.View vectors,
    int[] personOfRow,
    int[] nextRow,
    long[] idOfRow,
    int rows,
    @Nullable Person[][] people,
    int peopleEnd,
    int livePeople,
    @Nullable FaceCodes codes) {
  /** The person of a number, or null if they were removed or came later. */
  public @Nullable Person person(int number) {
    return number < peopleEnd ? people[number / People.PAGE][number % People.PAGE] : null;
  }

  /** Everyone, in the order of their first enrollment. */
  public List<Person> everyone() {
    List<Person> all = new ArrayList<>(livePeople);
    for (int i = 0; i < peopleEnd; i++) {
      Person person = person(i);
      if (person != null) {
        all.add(person);
      }
    }
    return all;
  }

  /** A person's rows, in the order of their enrollment. */
  public int[] rowsOf(Person person) {
    int[] rows = new int[person.faces()];
    int row = person.first();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row;
      row = nextRow[row];
    }
    return rows;
  }
}
