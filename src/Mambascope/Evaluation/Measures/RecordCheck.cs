using Mambascope.Evaluation.Results;

namespace Mambascope.Evaluation.Measures;

/// <summary>
/// Finds the line of a result file whose record a measure cannot use, though each of its fields is of the right kind: a curve with a step
/// too few, say. Only the measure knows, so it is asked, line by line, once it has failed on all.
/// </summary>
internal static class RecordCheck
{
    /// <summary>Sums up results that were read from a file.</summary>
    /// <param name="measure">What wrote them.</param>
    /// <param name="lines">The results.</param>
    /// <param name="summarise">What is made of them.</param>
    /// <exception cref="BadInputException">A record does not fit the measure; the message names its line.</exception>
    public static T Guarded<T>(IMeasure measure, IReadOnlyList<ResultLine> lines, Func<T> summarise)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(summarise);
        try
        {
            return summarise();
        }
        catch (Exception error) when (IsMisfit(error))
        {
            foreach (var line in lines)
            {
                if (Fault(measure, line) is { } fault)
                {
                    throw line.Misfit(fault);
                }
            }

            // Each by itself fits: they do not fit together, as curves of two lengths.
            foreach (var line in lines)
            {
                if (Fault(measure, lines[0], line) is { } fault)
                {
                    throw line.Misfit(fault);
                }
            }

            throw;
        }
    }

    private static Exception? Fault(IMeasure measure, params ResultLine[] lines)
    {
        try
        {
            MethodLines methods = new(lines[0].Model, lines[0].Method, lines);
            measure.Table([methods]);
            measure.Curves([methods]);
            return null;
        }
        catch (Exception error) when (IsMisfit(error))
        {
            return error;
        }
    }

    private static bool IsMisfit(Exception error)
        => error is ArgumentException or IndexOutOfRangeException or InvalidOperationException or NullReferenceException
            or ArithmeticException or KeyNotFoundException or FormatException;
}
