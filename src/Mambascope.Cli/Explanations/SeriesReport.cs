using System.Globalization;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli.Explanations;

/// <summary>What there is to say of a series or a row of a table, for people.</summary>
internal static class SeriesReport
{
    private const int Most = 3;

    /// <summary>What was done to the case when it was read; nothing for other inputs.</summary>
    internal static void WriteNotes(TextWriter output, Subject subject)
    {
        if (subject is not SeriesSubject { Case: var one } series)
        {
            return;
        }

        if (one.Label is { } label)
        {
            output.WriteLine($"labelled: {ShownText.Line(label)}");
        }

        if (one.Missing > 0)
        {
            output.WriteLine(
                $"{one.Missing} missing {(one.Missing == 1 ? "value" : "values")} "
                    + (series.IsOfSteps ? "filled in with the value before" : "stand for the mean of their column"));
        }
    }

    /// <summary>
    /// How many labelled cases were answered as labelled, or how far predicted numbers are from the true ones; nothing where there are
    /// none, or the model has other classes.
    /// </summary>
    internal static void WriteShare(TextWriter output, LoadedModel model, IReadOnlyList<Answers> results)
    {
        if (model is not SeriesModel { Labels: var classes })
        {
            return;
        }

        if (model.Number is { } number)
        {
            WriteErrors(output, number, results);
            return;
        }

        var known = Enumerable.Range(0, classes.Count).Select(index => classes[index]).ToHashSet(StringComparer.Ordinal);
        var labelled = results
            .Where(result => result.Subject is SeriesSubject { Case.Label: { } label } && known.Contains(label))
            .Select(result => (((SeriesSubject)result.Subject).Case.Label, Answer: result.Top[0].Label))
            .ToArray();
        if (labelled.Length > 0)
        {
            var right = labelled.Count(one => one.Label == one.Answer);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"as labelled: {right} of {labelled.Length} ({100.0 * right / labelled.Length:0.0} %)"));
        }
    }

    private static void WriteErrors(TextWriter output, PredictedNumber number, IReadOnlyList<Answers> results)
    {
        double[] errors =
        [
            .. results
                .Where(result => result.Subject is SeriesSubject { Case.Number: not null })
                .Select(result => Math.Abs(result.Top[0].Value!.Value - ((SeriesSubject)result.Subject).Case.Number!.Value)),
        ];
        if (errors.Length > 0)
        {
            output.WriteLine($"mean absolute error: {number.Words(errors.Average())} in {errors.Length} labelled cases");
        }
    }

    /// <summary>A line a method: the steps or columns that matter most, strongest first.</summary>
    internal static void WriteStrongest<T>(TextWriter output, Explanation<T> explanation, SeriesSubject series)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var patch = ((ISeriesModel)explanation.Model.Model).PatchLength;
        var table = new TextTable("", "", "");
        foreach (var found in explanation.Maps)
        {
            var values = found.Values().Values;
            var words = found.Map.Degenerate
                ?? (explanation.Model.Number is not null && found.Method.IsClassSpecific
                    ? RaisingAndLowering(values, series, patch)
                    : $"most relevant: {series.Words([.. Strongest(values).Take(Most)], patch)}");
            string?[] said = [words, ChannelOf(found, series), .. found.Diagnostics, explanation.NoteOn(found)];
            table.Add(found.Method.Name, found.Form ?? "", string.Join("; ", said.OfType<string>()));
        }

        table.Write(output, "  ");
    }

    // A number has no class to speak for: what moves it most, up or down.
    private static string RaisingAndLowering(double[] values, SeriesSubject series, int patch)
    {
        int[] strongest = [.. Strongest([.. values.Select(Math.Abs)]).Take(Most)];
        string?[] said = [Of("raised by", value => value > 0), Of("lowered by", value => value < 0)];
        return string.Join("; ", said.OfType<string>());

        string? Of(string what, Func<double, bool> isMeant)
            => strongest.Where(i => isMeant(values[i])).ToArray() is { Length: > 0 } own ? $"{what} {series.Words(own, patch)}" : null;
    }

    private static IEnumerable<int> Strongest(double[] values)
        => Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).ThenBy(i => i);

    // Of several channels the one with most relevance, where the method tells them apart.
    private static string? ChannelOf<T>(MethodMap<T> found, SeriesSubject series)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var width = series.Case.Width;
        if (width == 1 || found.Map.InputValues is not { } values)
        {
            return null;
        }

        var sums = new double[width];
        for (var i = 0; i < values.Count; i++)
        {
            sums[i % width] += Math.Abs(double.CreateTruncating(values[i]));
        }

        var best = Array.IndexOf(sums, sums.Max());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"most of it in {ShownText.Line(series.Format.Variables[best].Name)} "
                + $"({100 * sums[best] / Math.Max(sums.Sum(), double.Epsilon):0} %)");
    }
}
