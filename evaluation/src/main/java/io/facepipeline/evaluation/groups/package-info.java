/** Error rates of groups of people. Not part of the API. */
@NullMarked
package io.facepipeline.evaluation.groups;

import org.jspecify.annotations.NullMarked;
