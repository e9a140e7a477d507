using Mambascope.Evaluation;
using Mambascope.Evaluation.Datasets;
using Mambascope.Inputs.Images;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Training;

/// <summary>Pictures in memory, all of one size.</summary>
internal sealed class PictureData : TrainingData
{
    private const int MostSide = 64; // where nothing is said
    private const int LeastSide = 16;
    private const int MostPatches = 256;
    private const int StandardPatch = 4;
    private const int TokensAtOnce = 800;
    private const int MostAtOnce = 16;
    private const long MostBytes = 4L << 30;

    private readonly PictureScale scale;

    private PictureData(PictureScale scale) => this.scale = scale;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Architectures => ModelTraining.Architectures;

    /// <inheritdoc/>
    public override string Unit => "pictures";

    /// <inheritdoc/>
    public override string InputWords => $"{scale.Size} x {scale.Size} pixels";

    /// <summary>The shorter side to the model's, bilinear, then the centre; the pictures were read so.</summary>
    public override IEnumerable<(string File, object Json)> FilesBeside
        => [("preprocessor_config.json", new
        {
            do_resize = true,
            size = new { shortest_edge = scale.Size },
            resample = 2,
            do_center_crop = true,
            crop_size = new { height = scale.Size, width = scale.Size },
            do_rescale = true,
            rescale_factor = 1 / 255.0,
            do_normalize = true,
            image_mean = scale.Mean.Select(v => Math.Round(v, 3)),
            image_std = scale.Deviation.Select(v => Math.Round(v, 3)),
        })];

    /// <summary>Reads all pictures.</summary>
    /// <exception cref="BadInputException">There is nothing to learn from, a picture is damaged, or the settings do not fit.</exception>
    public static PictureData Read(TrainingSettings settings, TrainingOptions options, Workers workers)
    {
        if (settings.PredictsNumber || settings.NumberUnit is not null)
        {
            throw new BadInputException("--regression is for series and tables; of pictures classes are learned");
        }

        var source = PictureSource.Open(settings.Data, options);
        IImageDataset[] sets = [.. new[] { source.Train, source.Validation, source.Test }.OfType<IImageDataset>()];
        if (Array.Find(sets, set => !set.HasLabels) is { } bare)
        {
            throw new BadInputException($"{bare.Name}: its pictures have no labels, or several each; one class a picture is needed");
        }

        var size = settings.Size ?? StandardSize(source.Train);
        if (sets.Sum(set => (long)set.Count) * size * size * 3 > MostBytes)
        {
            throw new BadInputException(
                $"{settings.Data}: {sets.Sum(set => set.Count)} pictures of {size} x {size} pixels are more than memory should hold "
                    + $"({MostBytes >> 30} GB); give a smaller --size");
        }

        Loaded[] loaded = [.. sets.Select(set => Loaded.Of(set, size, workers))];
        var names = NamesOf(settings, source, loaded);
        var (train, validation, test, words) = Divide(settings, source, loaded, names);
        for (var label = 0; label < names.Count; label++)
        {
            if (!train.Labels.Contains(label))
            {
                throw new BadInputException($"{settings.Data}: there is nothing to learn from of class {Printable.Name(names[label])}");
            }
        }

        var found = ScaleOf(train.Pictures, size);
        LabelledPictures Labelled(Loaded part) => new(part.Pictures, part.Labels, found, settings.Changes ?? PictureChanges.Shift);
        return new(found)
        {
            ClassNames = names,
            Train = Labelled(train),
            Validation = Labelled(validation),
            Test = test is null ? null : Labelled(test),
            Fingerprint = FingerprintOf([train, validation, .. test is null ? Array.Empty<Loaded>() : [test]]),
            SplitWords = words,
            Remarks = RemarksOn(train, validation, test),
        };
    }

    /// <inheritdoc/>
    public override CaseRecipe Complete(CaseRecipe recipe, TrainingSettings settings)
    {
        var made = ModelTraining.Pictures(recipe.Architecture);
        var patch = settings.PatchSize ?? made.PatchSize ?? StandardPatchOf(scale.Size);
        var width = settings.Width ?? made.Width;
        if (made.PatchSize is { } only && patch != only)
        {
            throw new BadInputException($"--patch {patch}: patches of {made.Name} have {only} pixels a side");
        }

        if (scale.Size % patch != 0 || scale.Size < 2 * patch)
        {
            throw new BadInputException(
                $"--size {scale.Size}: expected a multiple of the patch, {patch} pixels, and two patches at least; for example "
                    + $"{Math.Max(2, (scale.Size + patch - 1) / patch) * patch}");
        }

        if (width % made.WidthStep != 0)
        {
            throw new BadInputException($"--width {width}: expected a multiple of {made.WidthStep} for {made.Name}");
        }

        var side = scale.Size / patch;
        return recipe with
        {
            Size = scale.Size,
            PatchSize = patch,
            Width = width,
            Depth = settings.Depth ?? made.Depth,
            PeakLearningRate = settings.LearningRate ?? made.LearningRate,
            Changes = settings.Changes ?? PictureChanges.Shift,
            MicroBatch = Math.Clamp(TokensAtOnce / (side * side), 1, MostAtOnce),
        };
    }

    /// <inheritdoc/>
    public override string SizeWords(CaseRecipe recipe)
        => $"patches of {recipe.PatchSize} pixels, width {recipe.Width}, {recipe.Depth} blocks";

    /// <inheritdoc/>
    public override IModel Create(CaseRecipe recipe, WeightSource weights)
        => ModelTraining.Pictures(recipe.Architecture).Create(
            new()
            {
                ImageSize = recipe.Size,
                PatchSize = recipe.PatchSize,
                Width = recipe.Width,
                Depth = recipe.Depth,
                Classes = recipe.Classes,
            },
            weights);

    private static int StandardSize(IImageDataset set)
    {
        var first = set.Read(0).Image;
        var side = Math.Min(MostSide, Math.Min(first.Width, first.Height));
        return Math.Max(LeastSide, side / StandardPatch * StandardPatch);
    }

    private static int StandardPatchOf(int size)
    {
        var patch = StandardPatch;
        while (size / patch * (size / patch) > MostPatches || size % patch != 0)
        {
            patch++;
        }

        return patch;
    }

    private static IReadOnlyList<string> NamesOf(TrainingSettings settings, PictureSource source, Loaded[] loaded)
    {
        var classes = Math.Max(source.ClassNames?.Count ?? 0, loaded.Max(part => part.Labels.Max()) + 1);
        if (settings.ClassNames is { } given && given.Count != classes)
        {
            throw new BadInputException($"{settings.Data} has {classes} classes, but {given.Count} names were given for them");
        }

        return classes >= 2
            ? settings.ClassNames ?? source.ClassNames ?? [.. Enumerable.Range(0, classes).Select(label => $"class {label}")]
            : throw new BadInputException($"{settings.Data} has one class only; two are needed to tell apart");
    }

    private static (Loaded Train, Loaded Validation, Loaded? Test, string Words) Divide(
        TrainingSettings settings, PictureSource source, Loaded[] loaded, IReadOnlyList<string> names)
    {
        var test = source.Test is null ? null : loaded[^1];
        if (source.Validation is not null)
        {
            return (loaded[0], loaded[1], test, "the data's own");
        }

        var shares = test is null ? new[] { settings.ValidationShare, settings.TestShare } : [settings.ValidationShare];
        var (kept, heldOut) = CaseSplit.Of(loaded[0].Labels, shares, settings.Seed, names);
        return (
            loaded[0].Part(kept),
            loaded[0].Part(heldOut[0]),
            test ?? (heldOut[1].Length > 0 ? loaded[0].Part(heldOut[1]) : null),
            test is null
                ? $"drawn with seed {settings.Seed}, the same share of every class"
                : $"test the data's own, validation drawn with seed {settings.Seed}");
    }

    private static PictureScale ScaleOf(byte[][] pictures, int size)
    {
        var (sums, squares) = (new double[3], new double[3]);
        foreach (var picture in pictures)
        {
            for (var i = 0; i < picture.Length; i++)
            {
                var value = picture[i] / 255.0;
                sums[i % 3] += value;
                squares[i % 3] += value * value;
            }
        }

        var count = (double)pictures.Length * size * size;
        return new(
            size,
            [.. sums.Select(sum => (float)Math.Round(sum / count, 3))],
            [.. sums.Zip(squares, (sum, square) =>
                (float)Math.Max(0.01, Math.Round(Math.Sqrt(Math.Max(0, (square / count) - (sum / count * (sum / count)))), 3)))]);
    }

    private static string FingerprintOf(Loaded[] parts)
    {
        using var hash = new Fingerprint();
        foreach (var part in parts)
        {
            hash.Add(part.Labels);
            foreach (var picture in part.Pictures)
            {
                hash.Add(picture);
            }
        }

        return hash.ToString();
    }

    private static List<string> RemarksOn(Loaded train, Loaded validation, Loaded? test)
    {
        var known = train.Pictures.Select(Convert.ToBase64String).ToHashSet(StringComparer.Ordinal);
        var remarks = new List<string>();
        foreach (var (part, name) in new[] { (validation, "validation"), (test, "test") })
        {
            if (part?.Pictures.Count(picture => known.Contains(Convert.ToBase64String(picture))) is > 0 and var count)
            {
                remarks.Add(
                    $"{count} of {part.Labels.Length} {name} pictures are, as the model reads them, among the training pictures too");
            }
        }

        return remarks;
    }

    /// <summary>Pictures (size, size, 3) with their classes.</summary>
    private sealed record Loaded(byte[][] Pictures, int[] Labels)
    {
        public static Loaded Of(IImageDataset set, int size, Workers workers)
        {
            var preprocessing = Preprocessing.Resize224Crop224(size);
            var (pictures, labels) = (new byte[set.Count][], new int[set.Count]);
            workers.For(set.Count, i =>
            {
                var one = set.Read(i);
                pictures[i] = preprocessing.Apply(one.Image).Image.Pixels;
                labels[i] = one.Label!.Value;
            });
            return new(pictures, labels);
        }

        public Loaded Part(int[] indices)
            => new([.. indices.Select(i => Pictures[i])], [.. indices.Select(i => Labels[i])]);
    }
}
