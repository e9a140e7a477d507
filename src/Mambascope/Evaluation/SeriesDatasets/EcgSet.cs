using System.Globalization;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Series;

namespace Mambascope.Evaluation.SeriesDatasets;

/// <summary>
/// Windows of an electrocardiogram in which it is known what decides the class. Each has 256 samples at half the rate of the recording
/// around a regular beat, standardised; in half of them 24 samples behind the R peak are changed: pressed towards a straight line, or
/// stretched around their middle, blended in over 6 samples at both ends. What is normal is a real beat, so the change has to be known from
/// how beats go on. Windows to train on are of the first three fifths of the recording, windows to test by of the rest.
/// </summary>
internal sealed class EcgSet : ISeriesDataset
{
    /// <summary>What a specification begins with.</summary>
    public const string Prefix = "ecg";

    /// <summary>Samples of a window.</summary>
    public const int Length = 256;

    /// <summary>Samples that are changed.</summary>
    public const int ChangeLength = 24;

    private const double Rate = 360; // samples a second, of the recording
    private const int Thinned = 2; // every second sample
    private const int Blend = 6;
    private const int FirstBehind = 18; // the change begins this many samples behind the R peak or later
    private const int LastBehind = 96;
    private const int FreeOfNext = 20; // and ends this many in front of the next
    private const double Pressed = 0.15; // what is left of the distance from the line
    private const double Stretch = 2.2;
    private const double LeastChange = 0.2; // root mean square, in standard deviations of the window
    private const double TrainingShare = 0.6;
    private const int Tries = 1000;
    private const int StandardTraining = 2000;
    private const int StandardTest = 500;
    private const int Most = 1_000_000;
    private const int TrainingSeed = 20_281;
    private const int TestSeed = 20_282;
    private const int LeastBeats = 20;

    private readonly string path;
    private readonly float[] signal;
    private readonly List<Beat> beats;
    private readonly bool isTraining;

    private EcgSet(string path, float[] signal, List<Beat> beats, int count, bool isTraining)
        => (this.path, this.signal, this.beats, Count, this.isTraining) = (path, signal, beats, count, isTraining);

    /// <summary>A real beat, or one that was changed.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["normal", "changed"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => ClassNames;

    /// <inheritdoc/>
    public string Name => $"{Prefix}:{Path.GetFileName(path)}:{Count}:{(isTraining ? "train" : "test")}";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public SeriesFormat Format { get; } = new(SeriesKind.Steps, [new("lead") { Unit = "standard deviations" }])
    {
        TimeUnit = "s",
        TimeStep = Math.Round(Thinned / Rate, 6),
    };

    /// <inheritdoc/>
    public bool HasLabels => true;

    /// <inheritdoc/>
    public bool HasTruth => true;

    /// <summary>Regular beats that windows are cut around.</summary>
    public int Beats => beats.Count;

    /// <summary>Whether a specification means such a set.</summary>
    public static bool Is(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return specification.StartsWith(Prefix + ":", StringComparison.Ordinal);
    }

    /// <summary>
    /// Opens <c>ecg:FILE[:COUNT[:train|test]]</c>: 500 to test by, or 2000 to train on. FILE is an .npz with one array, the samples of a
    /// lead at 360 a second.
    /// </summary>
    /// <exception cref="BadInputException">Another form; the file is missing, damaged, or has too few regular beats.</exception>
    public static EcgSet Open(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        var parts = specification.Split(':');
        var split = parts.Length > 2 && parts[^1] is "train" or "test" ? parts[^1] : null;
        var toTrain = split == "train";
        var at = parts.Length - (split is null ? 1 : 2);
        var count = toTrain ? StandardTraining : StandardTest;
        if (at > 1 && int.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out var named))
        {
            count = named;
            at--;
        }

        var file = string.Join(':', parts[1..(at + 1)]);
        return file.Length > 0 && count is > 0 and <= Most
            ? Open(file, Read(file), count, toTrain)
            : throw new BadInputException(
                $"{Printable.Name(specification)}: expected {Prefix}:FILE, {Prefix}:FILE:COUNT or {Prefix}:FILE:COUNT:SPLIT with 1 to "
                    + $"{Most:N0} series and SPLIT train or test");
    }

    /// <summary>Of samples in memory.</summary>
    /// <exception cref="BadInputException">They have too few regular beats.</exception>
    public static EcgSet Open(string path, float[] recording, int count, bool isTraining)
    {
        var border = (int)(TrainingShare * recording.Length) / Thinned;
        float[] thinned = [.. Enumerable.Range(0, recording.Length / Thinned).Select(t => recording[t * Thinned])];
        List<Beat> found =
        [
            .. RegularBeats.In(recording, Rate)
                .Select(beat => new Beat(beat.Peak / Thinned, beat.Next / Thinned))
                .Where(beat => isTraining
                    ? beat.Peak - Length >= 0 && beat.Peak + Length < border
                    : beat.Peak - Length >= border && beat.Peak + Length < thinned.Length)
                .Where(beat => LastPlace(beat) >= FirstBehind),
        ];
        return found.Count >= LeastBeats
            ? new(path, thinned, found, count, isTraining)
            : throw new BadInputException(
                $"{path}: found {found.Count} regular heartbeats in the part to {(isTraining ? "train on" : "test by")}, expected "
                    + $"{LeastBeats} or more; the file should hold some minutes of one lead at {Rate} samples a second");
    }

    /// <summary>The first of its windows.</summary>
    public EcgSet First(int count) => new(path, signal, beats, count, isTraining);

    /// <inheritdoc/>
    public SeriesItem Read(int index)
    {
        var random = new SplitMix64((ulong)(isTraining ? TrainingSeed : TestSeed), 0, index);
        for (var turn = 0; turn < Tries; turn++)
        {
            var beat = beats[random.Below(beats.Count)];
            var behind = FirstBehind + random.Below(LastPlace(beat) - FirstBehind + 1);
            var room = Length - behind - ChangeLength;
            var place = random.Below(room); // of the R peak in the window
            var isPressed = random.Below(2) == 0;
            var isChanged = random.Below(2) == 0; // drawn last: whatever it is, the window is the same
            var window = Standardised(signal.AsSpan(beat.Peak - place, Length));
            var start = place + behind;
            var changed = Changed(window.AsSpan(start, ChangeLength), isPressed);
            if (RootMeanSquare(window.AsSpan(start, ChangeLength), changed) < LeastChange)
            {
                continue; // nothing is to be seen of it there
            }

            if (isChanged)
            {
                changed.CopyTo(window.AsSpan(start, ChangeLength));
            }

            var name = index.ToString(CultureInfo.InvariantCulture);
            return new(
                $"window {name}", new(name, window, Length, 1) { Label = ClassNames[isChanged ? 1 : 0] },
                isChanged ? [.. Enumerable.Range(start, ChangeLength)] : []);
        }

        throw new BadInputException($"{path}: its beats are too flat behind the R peak for a change to be seen");
    }

    private static int LastPlace(Beat beat) => Math.Min(LastBehind, beat.Next - FreeOfNext - ChangeLength);

    private static float[] Read(string path)
    {
        using var file = NpzFile.Open(path);
        if (file.Names.ToArray() is not [var name])
        {
            throw new BadInputException($"{path}: expected one array, the samples of a lead");
        }

        var (shape, values) = file.ReadNumbers(name);
        return shape.Length == 1 && Array.TrueForAll(values, float.IsFinite)
            ? values
            : throw new BadInputException($"{file.Place(name)}: expected finite numbers in one row, the samples of a lead");
    }

    private static float[] Standardised(ReadOnlySpan<float> samples)
    {
        var values = samples.ToArray();
        var mean = values.Average(value => (double)value);
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return Array.ConvertAll(values, value => (float)((value - mean) / Math.Max(deviation, double.Epsilon)));
    }

    private static float[] Changed(ReadOnlySpan<float> part, bool isPressed)
    {
        var changed = new float[part.Length];
        for (var i = 0; i < part.Length; i++)
        {
            var along = i / (double)(part.Length - 1);
            var line = part[0] + (along * (part[^1] - part[0]));
            var middle = (part.Length - 1) / 2.0;
            var other = isPressed ? line + (Pressed * (part[i] - line)) : Between(part, middle + ((i - middle) / Stretch));
            changed[i] = (float)(part[i] + (Weight(i) * (other - part[i])));
        }

        return changed;
    }

    // A raised cosine from 0 in front of the part to 1 behind its first samples, and back.
    private static double Weight(int i)
    {
        var fromEnd = Math.Min(i + 1, ChangeLength - i);
        return fromEnd > Blend ? 1 : 0.5 * (1 - Math.Cos(Math.PI * fromEnd / (Blend + 1)));
    }

    private static double Between(ReadOnlySpan<float> part, double at)
    {
        var low = Math.Min((int)at, part.Length - 2);
        return part[low] + ((at - low) * (part[low + 1] - part[low]));
    }

    private static double RootMeanSquare(ReadOnlySpan<float> a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < b.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return Math.Sqrt(sum / b.Length);
    }
}
