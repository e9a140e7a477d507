using System.Text;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Results;

/// <summary>
/// A file of results: the settings, then a line for every case, model and method, in order. Lines of a case are written
/// together, and cases in their order, so at any moment the file is the beginning of the complete one. After a kill, <see cref="Resume"/>
/// cuts what was written in part and says where to go on; the finished file has the same bytes as an undisturbed one's.
/// </summary>
public sealed class ResultFile : IDisposable
{
    private readonly FileStream stream;
    private readonly FileStream claim;

    private ResultFile(FileStream stream, FileStream claim, int done) => (this.stream, this.claim, Done) = (stream, claim, done);

    /// <summary>Cases of the shard that were complete when the file was opened.</summary>
    public int Done { get; }

    /// <summary>Starts a new file with its settings.</summary>
    /// <exception cref="BadInputException">It exists, or cannot be written.</exception>
    public static ResultFile Create(string path, EvaluationSettings settings, bool mayReplace)
    {
        if (!mayReplace && File.Exists(path))
        {
            throw new BadInputException(
                $"{path} exists already; go on with --resume, begin anew with --force, or choose another folder with --out");
        }

        var claimed = Claim(path);
        return Begin(Open(path, FileMode.Create), claimed, settings);
    }

    /// <summary>Goes on with a file after an interruption, or starts it where there is none.</summary>
    /// <exception cref="BadInputException">The file has other settings, is damaged before its end, or is in use.</exception>
    public static ResultFile Resume(string path, EvaluationSettings settings)
    {
        if (!File.Exists(path))
        {
            return Create(path, settings, mayReplace: false);
        }

        var claimed = Claim(path);
        var opened = Open(path, FileMode.Open);
        try
        {
            var (lines, end) = Complete(opened, settings, path);
            if (lines < 0)
            {
                // Killed while the settings were written.
                opened.SetLength(0);
                return Begin(opened, claimed, settings);
            }

            opened.SetLength(end);
            opened.Position = end;
            return new(opened, claimed, lines / settings.LinesPerUnit);
        }
        catch
        {
            opened.Dispose();
            claimed.Dispose();
            throw;
        }
    }

    /// <summary>Adds the lines of the next case.</summary>
    public void Append(IEnumerable<ResultLine> lines) => Write(string.Concat(lines.Select(line => line.ToLine() + "\n")));

    /// <summary>Reads settings and results; a part of a line at the end, from a kill, is left out.</summary>
    /// <exception cref="BadInputException">It is no result file, or damaged.</exception>
    public static (EvaluationSettings Settings, IReadOnlyList<ResultLine> Lines) Read(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path), Encoding.UTF8);
        var text = reader.ReadToEnd();
        var complete = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (complete.Length == 0)
        {
            throw new BadInputException($"{path} is empty; expected a file that evaluate wrote");
        }

        return (
            EvaluationSettings.Parse(complete[0], path), [.. complete.Skip(1).Select((line, i) => ResultLine.Parse(line, path, i + 2))]);
    }

    /// <summary>Puts the files of all shards together into the one that a run without shards would have written.</summary>
    /// <exception cref="BadInputException">Shards are missing, unfinished, given twice, or of different runs.</exception>
    public static void Merge(IReadOnlyList<string> paths, string output)
    {
        var parts = paths.Select(path => (Path: path, Content: Read(path))).ToArray();
        var whole = parts[0].Content.Settings with { Shard = 0, Shards = 1 };
        foreach (var (path, (settings, lines)) in parts)
        {
            if ((settings with { Shard = 0, Shards = 1 }).ToLine() != whole.ToLine() || settings.Shards != parts.Length)
            {
                throw new BadInputException(settings.Shards != parts.Length
                    ? $"{path} is shard {settings.Shard}/{settings.Shards}, but {parts.Length} files were given; name every shard once"
                    : $"{path} comes from another run than {parts[0].Path}: their settings differ");
            }

            if (lines.Count != settings.Units.Count * settings.LinesPerUnit)
            {
                throw new BadInputException(
                    $"{path} is not finished: {lines.Count} of {settings.Units.Count * settings.LinesPerUnit} results; run that shard "
                        + "again with --resume");
            }
        }

        if (parts.GroupBy(part => part.Content.Settings.Shard).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new BadInputException(
                $"{string.Join(" and ", twice.Select(part => part.Path))} are the same shard, {twice.Key}/{parts.Length}; name every shard "
                    + "once");
        }

        var ordered = parts.SelectMany(part => part.Content.Lines).GroupBy(line => line.Index).OrderBy(unit => unit.Key);
        AtomicFile.Write(output, stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes(whole.ToLine() + "\n"));
            foreach (var line in ordered.SelectMany(unit => unit))
            {
                stream.Write(Encoding.UTF8.GetBytes(line.ToLine() + "\n"));
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        claim.Dispose();
    }

    private static ResultFile Begin(FileStream stream, FileStream claim, EvaluationSettings settings)
    {
        var file = new ResultFile(stream, claim, done: 0);
        file.Write(settings.ToLine() + "\n");
        return file;
    }

    // A second run on the same results fails here; the results themselves stay open to readers. A kill gives the claim up.
    private static FileStream Claim(string path)
    {
        try
        {
            return new(
                path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"{path} cannot be written: another run is at work on it, or its folder is read-only ({Printable.Reason(error)})", error);
        }
    }

    private static FileStream Open(string path, FileMode mode)
    {
        try
        {
            return new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be written: {Printable.Reason(error)}", error);
        }
    }

    // Number of result lines in complete cases, and the position behind the last; -1 where not even the settings are complete.
    private static (int Lines, long End) Complete(FileStream stream, EvaluationSettings settings, string path)
    {
        var bytes = new byte[checked((int)stream.Length)];
        stream.ReadExactly(bytes);
        var ends = new List<int>();
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == (byte)'\n')
            {
                ends.Add(i + 1);
            }
        }

        if (ends.Count == 0)
        {
            return (-1, 0);
        }

        if (Encoding.UTF8.GetString(bytes, 0, ends[0] - 1) != settings.ToLine())
        {
            EvaluationSettings.Parse(Encoding.UTF8.GetString(bytes, 0, ends[0] - 1), path);
            throw new BadInputException(
                $"{path} was begun with other settings (models, weights, methods, data or options); repeat them exactly, or begin anew "
                    + "with --force");
        }

        var complete = Math.Min((ends.Count - 1) / settings.LinesPerUnit, settings.Units.Count) * settings.LinesPerUnit;
        for (var line = 1; line <= complete; line++)
        {
            var result = ResultLine.Parse(Encoding.UTF8.GetString(bytes, ends[line - 1], ends[line] - ends[line - 1] - 1), path, line + 1);
            var expected = settings.Units[(line - 1) / settings.LinesPerUnit];
            if (result.Index != expected)
            {
                throw new BadInputException(
                    $"{path}, line {line + 1}: the result of {settings.Kind.Name} {result.Index} where {settings.Kind.Name} {expected} was "
                        + "expected; the file is damaged");
            }
        }

        return (complete, ends[complete]);
    }

    private void Write(string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: false);
    }
}
