/** Identification: who is in a photo, among enrolled people and strangers. */
@NullMarked
package io.facepipeline.evaluation.identification;

import org.jspecify.annotations.NullMarked;
