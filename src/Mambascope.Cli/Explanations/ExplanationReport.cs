using System.Globalization;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Attribution;

namespace Mambascope.Cli.Explanations;

/// <summary>An explanation for people: of a picture a line a method; of a text coloured text in a terminal, a table elsewhere.</summary>
internal static class ExplanationReport
{
    private const int TopAnswers = 3;
    private const int TopTokens = 8;

    internal static void Write<T>(TextWriter output, Explanation<T> explanation, IEnumerable<string> files)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (subject, model, text) = (explanation.Subject, explanation.Model, explanation.Subject as TextSubject);
        output.WriteLine(
            $"{subject.Name}{SizeOf(subject)} to "
                + $"{model.Name}{(text is null ? "" : $"; next {explanation.Place(text)}")}:");
        PredictionsReport.Write(output, explanation.Top(TopAnswers), model.Reads);
        PreprocessingReport.Write(output, subject);
        SeriesReport.WriteNotes(output, subject);
        ShippedClasses.Write(output, model);
        output.WriteLine();
        output.WriteLine(
            $"Why {(text is null ? $"{explanation.Target.Label}, as seen by the {explanation.TokenName}" : explanation.Question())}:");
        if (subject is SeriesSubject series)
        {
            SeriesReport.WriteStrongest(output, explanation, series);
        }
        else if (text is null)
        {
            WritePeaks(output, explanation);
        }
        else
        {
            WriteTokens(output, explanation, text);
        }

        if (explanation.Because is { } because)
        {
            output.WriteLine($"method: {because}; name others with --method");
        }

        WriteDependence(output, explanation);
        if (explanation.Shares is { } shares)
        {
            WriteShares(output, shares, explanation.Target.Score);
        }

        foreach (var file in files)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    /// <summary>Many inputs, a line each.</summary>
    internal static void WriteMany(
        TextWriter output, LoadedModelNames model, IReadOnlyList<ExplainedInput> inputs, IEnumerable<string> files)
    {
        if (inputs.Count == 0)
        {
            return;
        }

        output.WriteLine($"{inputs.Count} inputs to {model.Name}; explained:");
        var table = new TextTable("", " ", "", "");
        foreach (var input in inputs)
        {
            table.Add(
                ShownText.Line(input.Input), input.Target.Amount, ShownText.Line(input.Label),
                input.Answer is { } answer ? $"the model's answer: {ShownText.Line(answer)}" : "");
        }

        table.Write(output, "  ");
        if (model.Because is { } because)
        {
            output.WriteLine($"method: {because}; name others with --method");
        }

        foreach (var file in files)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    /// <summary>What is explained after every token of a text, a line each.</summary>
    internal static void WriteEveryPosition<T>(TextWriter output, IReadOnlyList<Explanation<T>> explanations, IEnumerable<string> files)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var text = (TextSubject)explanations[0].Subject;
        output.WriteLine($"{text.Name} ({text.Length} tokens) to {explanations[0].Model.Name}; after each token the most likely next one:");
        var table = new TextTable(" ", "", " ", "");
        foreach (var explanation in explanations)
        {
            table.Add(
                $"{explanation.Token}",
                text.Read.Quote(explanation.Token),
                $"{explanation.Target.Probability * 100:0.0} %",
                explanation.Question());
        }

        table.Write(output, "  ");
        foreach (var file in files)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    /// <summary>Says so when hidden attention does not give the run back, or when a map says nothing.</summary>
    /// <param name="session">Where to say it.</param>
    /// <param name="explanation">The explanation.</param>
    /// <param name="name">What the model is called, where there are several; null for one.</param>
    internal static void WarnOf<T>(Session session, Explanation<T> explanation, string? name = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var doubt in explanation.Maps.Select(map => map.Doubt).OfType<string>())
        {
            session.Warn(doubt);
        }

        foreach (var map in explanation.Maps.Where(map => map.Dependence is { HardlyDepends: true }))
        {
            session.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"the map of {map.Name} hardly depends on the weights: {map.Dependence!.Similarity.Mean:0.00} of it, in ranks, is there "
                    + $"with all weights shuffled; that part shows the input or the architecture, not what the model learned"));
        }

        WarnOf(session, explanation.Check);
        foreach (var map in explanation.Maps.Where(map => map.Map.Degenerate is not null))
        {
            session.Warn($"{(name is null ? "" : name + ": ")}the map of {map.Name} says nothing: {map.Map.Degenerate}");
        }
    }

    /// <summary>Says so when hidden attention does not give the run back.</summary>
    internal static void WarnOf(Session session, SelfCheck? check)
    {
        if (check is { IsPassed: false })
        {
            session.Warn(
                $"hidden attention does not quite give back what the model computed: relative error {check.ScanError:0.0E+0} of the scan, "
                    + $"{check.BlockError:0.0E+0} of the mixer, expected at most {check.Tolerance:0E+0}; compare with --precision double");
        }
    }

    private static string SizeOf(Subject subject) => subject switch
    {
        TextSubject text => $" ({text.Length} tokens)",
        SeriesSubject series => $" ({series.Size})",
        _ => "",
    };

    private static void WritePeaks<T>(TextWriter output, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var table = new TextTable("", "", "");
        foreach (var found in explanation.Maps)
        {
            var (map, (values, _)) = (found.Map, found.Values());
            var peak = Array.IndexOf(values, values.Max());
            var words = map.Degenerate
                ?? $"most relevant: patch in row {peak / map.Columns} (0 to {map.Rows - 1}), "
                    + $"column {peak % map.Columns} (0 to {map.Columns - 1})";
            string?[] said = [words, .. found.Diagnostics, explanation.NoteOn(found)];
            table.Add(found.Method.Name, found.Form ?? "", string.Join("; ", said.OfType<string>()));
        }

        table.Write(output, "  ");
    }

    private static void WriteTokens<T>(TextWriter output, Explanation<T> explanation, TextSubject text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var colors = TerminalColors.Of(output);
        foreach (var found in explanation.Maps)
        {
            var note = found.NoteOnText(explanation);
            output.WriteLine($"{(colors is null ? "" : "\n")}  {found.Method.Name}{(note.Length > 0 ? $" ({note})" : "")}");
            var (values, largest) = found.Values();
            if (colors is not null)
            {
                colors.Write(output, ShownPiece.Of(text.Read), values, largest);
                output.WriteLine($"  {colors.Legend(largest, values.Any(value => value < 0))}");
            }
            else if (found.Map.Degenerate is null)
            {
                WriteStrongest(output, text.Read, values);
            }
        }
    }

    // What of each map is left in models that have forgotten.
    private static void WriteDependence<T>(TextWriter output, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (explanation.Maps.FirstOrDefault(map => map.Dependence is not null)?.Dependence is not { } any)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(
            $"How like the maps are to those of {any.Draws.Count} models with all weights shuffled (chance leaves {Rounded(any.Chance)}):");
        var table = new TextTable("", "", " ", " ", " ", "");
        table.Add("", "", "rank correlation", "of absolute values", "SSIM", "");
        foreach (var map in explanation.Maps)
        {
            var (dependence, similarity) = (map.Dependence!, map.Dependence!.Similarity);
            table.Add(
                map.Method.Name,
                map.Form ?? "",
                $"{Rounded(similarity.Mean)} ({Rounded(similarity.Lower)} to {Rounded(similarity.Upper)})",
                Rounded(dependence.AbsoluteCorrelation),
                Rounded(dependence.Ssim),
                dependence.HardlyDepends ? "hardly depends on the weights" : "");
        }

        table.Write(output, "  ");
    }

    private static string Rounded(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    // Of the score, what goes through each kind of part of each layer.
    private static void WriteShares(TextWriter output, IReadOnlyList<LayerShares> layers, double score)
    {
        output.WriteLine();
        output.WriteLine($"Through which parts of the layers (relevance, of a score of {Number(score)}):");
        string[] names = [.. layers.SelectMany(layer => layer.Parts).Select(part => part.Key).Distinct(StringComparer.Ordinal)];
        var table = new TextTable([" layer", .. names.Select(name => $" {name}")]);
        foreach (var layer in layers)
        {
            var parts = layer.Parts.ToDictionary(StringComparer.Ordinal);
            table.Add([$"{layer.Layer}", .. names.Select(name => parts.TryGetValue(name, out var value) ? Number(value) : "")]);
        }

        table.Write(output, "  ");
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    // The tokens that matter most either way, strongest first.
    private static void WriteStrongest(TextWriter output, ReadText text, double[] values)
    {
        var table = new TextTable(" ", " ", "");
        foreach (
            var t in Enumerable
                .Range(0, values.Length)
                .Where(t => values[t] != 0)
                .OrderByDescending(t => Math.Abs(values[t]))
                .ThenBy(t => t)
                .Take(TopTokens))
        {
            table.Add(values[t].ToString("G4", CultureInfo.InvariantCulture), $"token {t}", text.Quote(t));
        }

        table.Write(output, "    ");
    }
}
