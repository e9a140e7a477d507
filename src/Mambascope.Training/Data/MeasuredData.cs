using Mambascope.Evaluation;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Inputs.Series;
using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>Time series or rows of a table in memory, standardised by the cases to learn from.</summary>
internal sealed class MeasuredData : TrainingData
{
    private const int MostClasses = 100;
    private const int MostTokens = 256; // where nothing is said
    private const int TokensAtOnce = 800;
    private const int MostAtOnce = 16;
    private const int StandardWidth = 64;
    private const int StandardDepth = 3;
    private const double ScanRate = 2e-3;
    private const double AttentionRate = 1e-3;
    private const string TrainEnding = "_TRAIN";
    private const string TestEnding = "_TEST";

    private static readonly (string Name, SeriesMixer Mixer)[] architectures =
        [("mamba", SeriesMixer.Scan), ("transformer", SeriesMixer.Attention)];

    private readonly SeriesFormat format;
    private readonly SeriesScale scale;
    private readonly int shortest;
    private readonly int longest;

    private MeasuredData(SeriesFormat format, SeriesScale scale, int shortest, int longest)
        => (this.format, this.scale, this.shortest, this.longest) = (format, scale, shortest, longest);

    /// <summary>Names of what can be trained, the standard one first.</summary>
    public static IReadOnlyList<string> Names => [.. architectures.Select(one => one.Name)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Architectures => Names;

    /// <inheritdoc/>
    public override string Unit => IsOfSteps ? "series" : "rows";

    /// <inheritdoc/>
    public override string InputWords => IsOfSteps
        ? $"series of {(shortest == longest ? $"{longest}" : $"{shortest} to {longest}")} steps, {format.Values} "
            + (format.Values == 1 ? "channel" : "channels")
        : $"rows of {format.Variables.Count} columns";

    /// <summary>None: how values are standardised stands in config.json.</summary>
    public override IEnumerable<(string File, object Json)> FilesBeside => [];

    private bool IsOfSteps => format.Kind == SeriesKind.Steps;

    /// <summary>Reads all cases.</summary>
    /// <exception cref="BadInputException">There is nothing to learn from, the file is damaged, or the settings do not fit.</exception>
    public static MeasuredData Read(TrainingSettings settings)
    {
        if (settings.Changes is { } changes && (changes & ~PictureChanges.Shift) != PictureChanges.None)
        {
            throw new BadInputException("--augment: series can be shifted in time (shift) and nothing else; tables not even that");
        }

        var options = new SeriesFileOptions
        {
            Layout = settings.Layout,
            Label = settings.LabelColumn,
            Case = settings.CaseColumn,
        };
        var (all, test) = PlantedSeries.Is(settings.Data) ? Planted(settings.Data) : Files(settings.Data, options);
        (all, test) = (Labelled(all), test is null ? null : Labelled(test));
        var isNumber = settings.PredictsNumber || all.HasNumbers;
        Check(settings, isNumber);
        var names = isNumber ? [all.LabelName ?? "target"] : NamesOf(settings, all);
        var (train, validation, tested, words) = Divide(settings, all, test, names, isNumber);
        var number = isNumber ? NumberOf(names[0], train, settings) : null;
        var standard = SeriesScale.Of(all.Format, train.Cases);
        var width = all.Format.Kind == SeriesKind.Steps ? all.Format.Values : 1;
        var isShifted = settings.Changes is PictureChanges.Shift && all.Format.Kind == SeriesKind.Steps;
        LabelledSeries Standardised(Part part) => new([.. part.Cases.Select(standard.Apply)], part.Labels, width, isShifted)
        {
            Targets = number is null ? null : [.. part.Cases.Select(one => (float)number.Output(one.Number!.Value))],
            Number = number,
        };
        Part[] parts = [train, validation, .. tested is null ? Array.Empty<Part>() : [tested]];
        int[] lengths = [.. parts.SelectMany(part => part.Cases).Select(one => one.Length)];
        return new(all.Format, standard, lengths.Min(), lengths.Max())
        {
            ClassNames = names,
            Number = number,
            Train = Standardised(train),
            Validation = Standardised(validation),
            Test = tested is null ? null : Standardised(tested),
            Fingerprint = FingerprintOf(parts, isNumber),
            SplitWords = words,
            Remarks = [.. all.Notes, .. test?.Notes ?? []],
        };
    }

    /// <inheritdoc/>
    public override CaseRecipe Complete(CaseRecipe recipe, TrainingSettings settings)
    {
        if (settings.Size is not null)
        {
            throw new BadInputException("--size is for pictures; series are read as long as they are");
        }

        var mixer = MixerOf(recipe.Architecture);
        var patch = settings.PatchSize ?? (IsOfSteps ? (longest + MostTokens - 1) / MostTokens : 1);
        if (!IsOfSteps && patch != 1)
        {
            throw new BadInputException("--patch is for series and pictures; every column of a table is a token of its own");
        }

        return recipe with
        {
            Size = longest,
            PatchSize = patch,
            Width = settings.Width ?? StandardWidth,
            Depth = settings.Depth ?? StandardDepth,
            PeakLearningRate = settings.LearningRate ?? (mixer == SeriesMixer.Scan ? ScanRate : AttentionRate),
            Changes = settings.Changes ?? PictureChanges.None,
            MicroBatch = shortest == longest ? Math.Clamp(TokensAtOnce * patch / longest, 1, MostAtOnce) : 1,
        };
    }

    /// <summary>Attention has no order of its own: it gets positions. A scan needs none.</summary>
    public override IModel Create(CaseRecipe recipe, WeightSource weights)
    {
        var mixer = MixerOf(recipe.Architecture);
        var sizes = SeriesModelSettings.Of(format, scale, recipe.Classes, recipe.Width, recipe.Depth, mixer) with { Number = Number };
        return SeriesModels.Create(
            IsOfSteps
                ? sizes with
                {
                    PatchLength = recipe.PatchSize,
                    Positions = mixer == SeriesMixer.Attention ? (longest + recipe.PatchSize - 1) / recipe.PatchSize : 0,
                }
                : sizes,
            weights);
    }

    /// <inheritdoc/>
    public override string SizeWords(CaseRecipe recipe)
        => (IsOfSteps ? $"{recipe.PatchSize} {(recipe.PatchSize == 1 ? "step" : "steps")} a token, " : "one token a column, ")
            + $"width {recipe.Width}, {recipe.Depth} blocks";

    private static SeriesMixer MixerOf(string name)
        => Array.Find(architectures, one => one.Name == name) is { Name: not null } found
            ? found.Mixer
            : throw new BadInputException(
                $"there is no architecture {Printable.Name(name)} to train on series or tables; known are {string.Join(", ", Names)}");

    private static (SeriesData All, SeriesData? Test) Files(string path, SeriesFileOptions options)
    {
        var all = SeriesFile.Read(path, options);
        return (all, TestBeside(path) is { } test ? SeriesFile.Read(test, options with { Format = all.Format }) : null);
    }

    private static (SeriesData All, SeriesData? Test) Planted(string data)
    {
        var (train, test) = PlantedSeries.Pair(data);
        return (PlantedSeries.All(train), PlantedSeries.All(test));
    }

    // Where some cases have labels, those without are left out.
    private static SeriesData Labelled(SeriesData data)
    {
        SeriesCase[] kept = [.. data.Cases.Where(one => one.Label is not null)];
        var count = data.Cases.Count - kept.Length;
        var words = count == 1 ? "1 case without a label is" : $"{count} cases without a label are";
        return count == 0 || kept.Length == 0 ? data : data with
        {
            Cases = kept,
            Notes = [.. data.Notes, $"{Path.GetFileName(data.Path)}: {words} left out"],
        };
    }

    // The archives of time series keep each set in two files.
    private static string? TestBeside(string path)
    {
        var bare = Path.GetFileNameWithoutExtension(path);
        if (!bare.EndsWith(TrainEnding, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var test = Path.Combine(
            Path.GetDirectoryName(path) ?? "", bare[..^TrainEnding.Length] + TestEnding + Path.GetExtension(path));
        return File.Exists(test) ? test : null;
    }

    private static IReadOnlyList<string> NamesOf(TrainingSettings settings, SeriesData all)
    {
        var classes = all.Classes.Count;
        if (classes < 2)
        {
            throw new BadInputException(
                $"{settings.Data}: expected labels of two classes or more, found {(classes == 0 ? "none" : "one class only")}; a column "
                    + "called label, class or target has them, or the one that --label-column names");
        }

        if (classes > MostClasses)
        {
            throw new BadInputException(
                $"{settings.Data} has {classes} different labels: if they are numbers to predict, say --regression; as classes "
                    + $"there are too many, {MostClasses} at most");
        }

        return settings.ClassNames is { } given
            ? given.Count == classes
                ? given
                : throw new BadInputException($"{settings.Data} has {classes} classes, but {given.Count} names were given for them")
            : all.Classes;
    }

    private static (Part Train, Part Validation, Part? Test, string Words) Divide(
        TrainingSettings settings, SeriesData all, SeriesData? test, IReadOnlyList<string> names, bool isNumber)
    {
        Part Of(SeriesData data) => isNumber ? Part.OfNumbers(data) : Part.Of(data, all.Classes);
        var whole = Of(all);
        var share = isNumber ? "" : ", the same share of every class";
        var shares = test is null ? new[] { settings.ValidationShare, settings.TestShare } : [settings.ValidationShare];
        var (kept, heldOut) = CaseSplit.Of(whole.Labels, shares, settings.Seed, names);
        return test is null
            ? (
                whole.Only(kept),
                whole.Only(heldOut[0]),
                heldOut[1].Length > 0 ? whole.Only(heldOut[1]) : null,
                $"drawn with seed {settings.Seed}{share}")
            : (
                whole.Only(kept),
                whole.Only(heldOut[0]),
                Of(test),
                $"test is `{Path.GetFileName(test.Path)}`; validation drawn with seed {settings.Seed}{share}");
    }

    private static void Check(TrainingSettings settings, bool isNumber)
    {
        if (isNumber && settings.ClassNames is not null)
        {
            throw new BadInputException("--classes names classes, and here a number is learned");
        }

        if (isNumber && settings.ClassWeights == ClassWeighting.Balanced)
        {
            throw new BadInputException("--class-weights balanced is for classes, and here a number is learned");
        }

        if (!isNumber && settings.NumberUnit is not null)
        {
            throw new BadInputException("--unit is that of a number to predict, and here classes are learned; say --regression");
        }
    }

    // Standardised by the cases to learn from, as the inputs are.
    private static PredictedNumber NumberOf(string name, Part train, TrainingSettings settings)
    {
        double[] numbers = [.. train.Cases.Select(one => one.Number!.Value)];
        var mean = numbers.Average();
        var deviation = Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean)));
        return deviation > 1e-9 * Math.Max(1, Math.Abs(mean))
            ? new(name, mean, deviation) { Unit = settings.NumberUnit }
            : throw new BadInputException($"{settings.Data}: all numbers to learn from are {numbers[0]}; there is nothing to predict");
    }

    private static string FingerprintOf(IEnumerable<Part> parts, bool isNumber)
    {
        using var hash = new Fingerprint();
        foreach (var part in parts)
        {
            hash.Add(part.Labels);
            foreach (var one in part.Cases)
            {
                if (isNumber)
                {
                    hash.Add(one.Label);
                }

                hash.Add(System.Runtime.InteropServices.MemoryMarshal.AsBytes(one.Values.AsSpan()));
            }
        }

        return hash.ToString();
    }

    private sealed record Part(SeriesCase[] Cases, int[] Labels)
    {
        public static Part Of(SeriesData data, IReadOnlyList<string> classes) => new(
            [.. data.Cases],
            [.. data.Cases.Select(one => one.Label is not null && Array.IndexOf([.. classes], one.Label) is >= 0 and var label
                ? label
                : throw new BadInputException(
                    $"{data.Path}: case {Printable.Name(one.Name)} has "
                        + $"{(one.Label is null ? "no label" : $"the label {Printable.Name(one.Label)}")}; "
                        + $"the classes are {string.Join(", ", classes.Take(MostClasses).Select(Printable.Name))}"))]);

        // One class of all: what is drawn is drawn from all.
        public static Part OfNumbers(SeriesData data)
            => data.Cases.FirstOrDefault(one => one.Number is null) is { } lacking
                ? throw new BadInputException(
                    $"{data.Path}: case {Printable.Name(lacking.Name)} has "
                        + $"{(lacking.Label is null ? "no label" : $"the label {Printable.Name(lacking.Label)}")}, expected a number to "
                        + "learn; a column called label, class or target has them, or the one that --label-column names")
                : new([.. data.Cases], new int[data.Cases.Count]);

        public Part Only(int[] indices) => new([.. indices.Select(i => Cases[i])], [.. indices.Select(i => Labels[i])]);
    }
}
