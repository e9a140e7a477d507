using System.Text;
using System.Text.Json.Nodes;

namespace Mambascope.Evaluation.Results;

/// <summary>
/// The one reader of result files, for summaries, resumption and shards alike. Nothing that it returns is out of place: every line belongs
/// to the case, model and method that the settings say, and lines of one case agree about it. What does not is refused with its line.
/// </summary>
internal static class ResultReader
{
    private static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Settings and complete cases of a file; null where a kill left not even the settings. What a kill cut is left out.</summary>
    /// <exception cref="BadInputException">Missing, no result file, or damaged.</exception>
    public static (EvaluationSettings Settings, IReadOnlyList<CaseResults> Cases, long End)? Read(string path)
    {
        var bytes = InputFile.ReadAll(path, Array.MaxLength);
        var end = Array.IndexOf(bytes, (byte)'\n');
        if (end < 0)
        {
            return null;
        }

        var settings = EvaluationSettings.Parse(Text(bytes, 0, end, path, 1), path);
        var cases = new List<CaseResults>();
        var lines = new List<ResultLine>();
        long complete = end + 1;
        for (var (start, number) = (end + 1, 2L); Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and var next; start = next + 1, number++)
        {
            var text = Text(bytes, start, next, path, number);
            if (cases.Count == settings.UnitCount)
            {
                throw Damaged(path, number, $"there are results of {settings.UnitCount} {settings.Kind.Plural} before it, which is all");
            }

            var unit = settings.UnitAt(cases.Count);
            if (lines.Count == 0 && LeftOut(text, settings, path, number) is { } without)
            {
                Expect(without.Index == unit, path, number, settings, without.Index, unit);
                cases.Add(without);
                complete = next + 1;
                continue;
            }

            var line = ResultLine.Parse(text, path, number);
            if (line.Kind != settings.Kind)
            {
                throw Damaged(
                    path, number,
                    $"it is the result of {line.Kind.Name} {line.Index}; the results are of {settings.Kind.Plural}");
            }

            Expect(line.Index == unit, path, number, settings, line.Index, unit);
            var (model, method) = settings.Places[lines.Count];
            if (line.Model != model || line.Method != method)
            {
                throw Damaged(
                    path, number,
                    $"it is the result of {Printable.Name(line.Model)}, {Printable.Name(line.Method)} where {Printable.Name(model)}, "
                        + $"{Printable.Name(method)} was expected");
            }

            if (lines.Count > 0 && !line.IsOfSameCase(lines[^1]))
            {
                throw Damaged(path, number, $"name, label or columns of {line.Kind.Name} {line.Index} are others than a line above");
            }

            lines.Add(line);
            if (lines.Count == settings.LinesPerUnit)
            {
                cases.Add(new(settings.Kind, unit, line.Id, [.. lines]));
                lines.Clear();
                complete = next + 1;
            }
        }

        return (settings, cases, complete);
    }

    /// <summary>The error for a line that nobody wrote so.</summary>
    public static BadInputException Damaged(string path, long number, string what, Exception? cause = null)
        => new(
            $"{path}, line {number}: {what}; the file is damaged: delete it from that line on and use --resume", cause!);

    private static void Expect(bool isRight, string path, long number, EvaluationSettings settings, int found, int expected)
    {
        if (!isRight)
        {
            throw Damaged(
                path, number,
                $"the result of {settings.Kind.Name} {found} where {settings.Kind.Name} {expected} was expected");
        }
    }

    private static string Text(byte[] bytes, int start, int end, string path, long number)
    {
        try
        {
            return strict.GetString(bytes, start, end - start);
        }
        catch (DecoderFallbackException error)
        {
            throw Damaged(path, number, "it is not UTF-8", error);
        }
    }

    private static CaseResults? LeftOut(string text, EvaluationSettings settings, string path, long number)
    {
        if (!text.Contains("\"left_out\":", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) is JsonObject json && json.ContainsKey("left_out")
                ? new(settings.Kind, Number(json), Words(json, "id"), [], Words(json, "left_out"))
                : null;
        }
        catch (Exception error) when (ResultLine.IsDamage(error))
        {
            throw Damaged(path, number, $"not a result line ({Printable.Reason(error)})", error);
        }

        int Number(JsonObject json) => (int?)json[settings.Kind.Name] ?? throw new FormatException($"{settings.Kind.Name} is missing");

        static string Words(JsonObject json, string key) => (string?)json[key] ?? throw new FormatException($"{key} is missing");
    }
}
