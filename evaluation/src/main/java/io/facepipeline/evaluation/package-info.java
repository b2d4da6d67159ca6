/**
 * Measures the accuracy of a pipeline: verification by the LFW protocol, closed- and open-set
 * identification, detection by FDDB's rules, with tables and plots.
 */
@NullMarked
package io.facepipeline.evaluation;

import org.jspecify.annotations.NullMarked;
