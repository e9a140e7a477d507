using System.Collections.ObjectModel;
using System.Text;
using System.Text.Json.Nodes;

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
    /// <param name="path">The file.</param>
    /// <param name="settings">What it must have been begun with.</param>
    /// <param name="revise">
    /// Looks at what is there before anything is added: throws where the data are others now, and returns the cases to keep. Null keeps
    /// all.
    /// </param>
    /// <exception cref="BadInputException">The file has other settings, is damaged before its end, or is in use.</exception>
    public static ResultFile Resume(
        string path, EvaluationSettings settings, Func<IReadOnlyList<CaseResults>, IReadOnlyList<CaseResults>>? revise = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!File.Exists(path))
        {
            return Create(path, settings, mayReplace: false);
        }

        var claimed = Claim(path);
        try
        {
            // Null: killed while the settings were written.
            if (ResultReader.Read(path) is not var (stored, cases, end))
            {
                return Begin(Open(path, FileMode.Create), claimed, settings);
            }

            if (stored.ToLine() != settings.ToLine())
            {
                throw new BadInputException(
                    $"{path} was begun with other settings ({Difference(stored, settings)}); repeat them exactly, or begin anew with "
                        + "--force");
            }

            var kept = revise?.Invoke(cases) ?? cases;
            if (!kept.SequenceEqual(cases, ReferenceEqualityComparer.Instance))
            {
                Save(path, settings, kept);
                end = new FileInfo(path).Length;
            }

            var opened = Open(path, FileMode.Open);
            opened.SetLength(end);
            opened.Position = end;
            return new(opened, claimed, kept.Count);
        }
        catch
        {
            claimed.Dispose();
            throw;
        }
    }

    /// <summary>Adds the next case.</summary>
    public void Append(CaseResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Write(results.ToText());
    }

    /// <summary>Reads settings and results; what a kill cut is left out.</summary>
    /// <exception cref="BadInputException">It is no result file, or damaged; the message names the line.</exception>
    public static StoredResults Read(string path)
    {
        var (settings, cases) = ReadCases(path);
        return StoredResults.Of(settings, cases);
    }

    /// <summary>Names by number of the cases that a file says could not be read.</summary>
    internal static IReadOnlyDictionary<int, string> LeftOut(string path)
        => ResultReader.Read(path) is var (_, cases, _)
            ? cases.Where(each => each.LeftOut is not null).ToDictionary(each => each.Index, each => each.Id)
            : ReadOnlyDictionary<int, string>.Empty;

    /// <summary>Puts the files of all shards together into the one that a run without shards would have written.</summary>
    /// <exception cref="BadInputException">Shards are missing, unfinished, given twice, damaged, or of different runs.</exception>
    public static void Merge(IReadOnlyList<string> paths, string output)
    {
        var parts = paths.Select(path => (Path: path, Content: ReadCases(path))).ToArray();
        var whole = parts[0].Content.Settings.Whole;
        foreach (var (path, (settings, cases)) in parts)
        {
            if (settings.Whole.ToLine() != whole.ToLine() || settings.Shards != parts.Length)
            {
                throw new BadInputException(settings.Shards != parts.Length
                    ? $"{path} is shard {settings.Shard}/{settings.Shards}, but {parts.Length} files were given; name every shard once"
                    : $"{path} comes from another run than {parts[0].Path}: their settings differ");
            }

            if (cases.Count != settings.UnitCount)
            {
                throw new BadInputException(
                    $"{path} is not finished: {cases.Count} of {settings.UnitCount} {settings.Kind.Plural}; run that shard again with "
                        + "--resume");
            }
        }

        if (parts.GroupBy(part => part.Content.Settings.Shard).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new BadInputException(
                $"{string.Join(" and ", twice.Select(part => part.Path))} are the same shard, {twice.Key}/{parts.Length}; name every shard "
                    + "once");
        }

        CaseResults[] all = [.. parts.SelectMany(part => part.Content.Cases).OrderBy(each => each.Index)];
        if (all.Length != whole.Count || all.Select((each, i) => each.Index == i).Contains(false))
        {
            throw new BadInputException(
                $"{parts[0].Path} and the others were divided in different ways: together they are not each of the {whole.Count} "
                    + $"{whole.Kind.Plural} once; run them again with the same tar files");
        }

        Save(output, whole, all);
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
        try
        {
            file.Write(settings.ToLine() + "\n");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // What a user can put right, by name; for two header lines that differ.
    private static string Difference(EvaluationSettings stored, EvaluationSettings settings)
    {
        var (old, now) = (JsonNode.Parse(stored.ToLine())!.AsObject(), JsonNode.Parse(settings.ToLine())!.AsObject());
        var names = now.Where(entry => entry.Value?.ToJsonString() != old[entry.Key]?.ToJsonString()).Select(entry => entry.Key).ToList();
        if (names.Remove("models"))
        {
            names.AddRange(
                stored.Models.Count != settings.Models.Count
                    ? ["models"]
                    : stored.Models.Zip(settings.Models)
                        .SelectMany(pair => Differences(pair.First, pair.Second))
                        .DefaultIfEmpty("methods"));
        }

        return names.Count == 0 ? "kind of data" : string.Join(", ", names);

        static IEnumerable<string> Differences(ModelFingerprint old, ModelFingerprint now)
        {
            if (old.Name != now.Name)
            {
                yield return $"model {Printable.Name(old.Name)} is {now.Name} now";
            }
            else if (old.Weights != now.Weights)
            {
                yield return $"weights of {now.Name}";
            }
            else if (old.Reading != now.Reading)
            {
                yield return $"configuration, preprocessing or labels of {now.Name}";
            }
        }
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
            // No buffer: a disk that is full shows where the line is written, not when the file is closed.
            return new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be written: {Printable.Reason(error)}", error);
        }
    }

    private static (EvaluationSettings Settings, IReadOnlyList<CaseResults> Cases) ReadCases(string path)
        => ResultReader.Read(path) is var (settings, cases, _)
            ? (settings, cases)
            : throw new BadInputException($"{path} is empty; expected a file that evaluate wrote");

    private static void Save(string path, EvaluationSettings settings, IEnumerable<CaseResults> cases)
        => AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes(settings.ToLine() + "\n"));
            foreach (var each in cases)
            {
                stream.Write(Encoding.UTF8.GetBytes(each.ToText()));
            }
        });

    private void Write(string text)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"{stream.Name} cannot be written: {Printable.Reason(error)}; what is there stays: make room and go on with "
                    + "--resume",
                error);
        }
    }
}
