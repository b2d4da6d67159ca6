/**
 * Measures how right a pipeline is: verification after the LFW protocol, closed- and open-set
 * identification, detection after FDDB, with tables and plots.
 */
@NullMarked
package io.facepipeline.evaluation;

import org.jspecify.annotations.NullMarked;
