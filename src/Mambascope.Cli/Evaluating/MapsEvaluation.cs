using System.CommandLine;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Checkpoints;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Summaries;
using Mambascope.Inputs.Images;
using Mambascope.Numerics;

namespace Mambascope.Cli.Evaluating;

/// <summary>
/// Scores maps that were made elsewhere, from a safetensors file: <c>maps</c> (N, rows, columns), with <c>masks</c> (N, H, W) for the tests
/// of masks; with <c>images</c> (N, 3, H, W; bytes, at the model's size) and <c>labels</c> (N) for the perturbation test.
/// </summary>
internal static class MapsEvaluation
{
    private const string Name = "maps";

    /// <summary>The option that names the file.</summary>
    internal static Option<string?> Option()
        => OptionKinds.Text(
            "--maps",
            "FILE.safetensors",
            "Score maps from anywhere, in place of --method and --data: tensors maps (N, rows, columns), with masks (N, H, W) for a test "
                + "of masks, with images (N, 3, H, W) and labels (N) for the perturbation test");

    internal static void Execute(Session session, IMeasure measure, string path, PictureInput input)
    {
        using var file = Checkpoint.Open(path);
        var maps = Maps(file, path);
        var lines = measure switch
        {
            IMaskMeasure masks => OfMasks(masks, file, path, maps),
            IMapMeasure own => [.. maps.Select((map, i) => Line(i, own.Measure(map)))],
            PerturbationMeasure => Perturbation(session, measure, file, path, maps, input),
            _ => throw new UsageException($"--maps: {measure.Name} explains again and needs the method, not its maps"),
        };
        var table = measure.Table([new("", Name, lines)]);
        if (!session.Json)
        {
            StoredResults stored =
                new(new(measure.Name, measure.Options, path, lines.Count, [new("", "")], [[Name]], ExplainedClass.Predicted, 0), lines);
            SummaryReport.Print(session, EvaluationSummary.Of(stored, measure, columns: []), files: []);
            return;
        }

        var result = new JsonObject { ["test"] = measure.Name, ["maps"] = path, ["images"] = lines.Count };
        foreach (var (key, value) in JsonTable.ToJson(table)[0]!.AsObject().ToArray())
        {
            if (key is not ("model" or "method" or "images"))
            {
                result[key] = value?.DeepClone();
            }
        }

        foreach (var chart in measure.Curves([new("", Name, lines)]))
        {
            result[chart.Key] = new JsonArray([.. chart.Series[0].Points.Skip(1).Select(point => (JsonNode)(point.Y / 100))]);
        }

        result["per_image"] = new JsonArray([.. lines.Select(line => (JsonNode)line.Record.DeepClone())]);
        session.WriteJson(result);
    }

    private static List<ResultLine> OfMasks(IMaskMeasure measure, Checkpoint file, string path, List<RelevanceMap<float>> maps)
    {
        var (shape, masks) = Bytes(file, path, "masks", 3);
        Agree(path, "masks", shape[0], maps.Count);
        var (height, width) = (shape[1], shape[2]);
        return
        [
            .. maps.Select(
                (map, i) => Line(i, measure.Measure(map, new(masks[(i * height * width)..((i + 1) * height * width)], height, width)))),
        ];
    }

    private static List<ResultLine> Perturbation(
        Session session, IMeasure measure, Checkpoint file, string path, List<RelevanceMap<float>> maps, PictureInput input)
    {
        using var classifier = input.OpenOne(session);
        var grid = classifier.Model.Grid;
        var (shape, images) = Bytes(file, path, "images", 4);
        Agree(path, "images", shape[0], maps.Count);
        if (shape[1] != 3 || shape[2] != grid.ImageHeight || shape[3] != grid.ImageWidth)
        {
            throw new BadInputException(
                $"{path}: images has shape ({string.Join(", ", shape)}), but {classifier.Name} reads pictures of (3, {grid.ImageHeight}, "
                    + $"{grid.ImageWidth})");
        }

        var labels = file.ReadInt64s("labels");
        Agree(path, "labels", labels.Length, maps.Count);
        if (labels.FirstOrDefault(label => label < 0 || label >= classifier.Model.Classes, -1) is var wrong && wrong != -1)
        {
            throw new BadInputException($"{path}: labels holds {wrong}; {classifier.Name} has classes 0 to {classifier.Model.Classes - 1}");
        }

        var model = PictureModel.Of(classifier);
        var pool = new BufferPool<float>();
        var measuring = measure.Prepare(model, seed: 0);
        return
        [
            .. maps.Select(
                (map, i) =>
                {
                    var picture = Picture(images.AsSpan(i * 3 * shape[2] * shape[3]), shape[2], shape[3]);
                    var read = model.Preprocessing.Apply(picture);
                    var classify = model.Classifier(classifier.Workers, pool);
                    var scores = classify(Activation<float>.Of(read.PixelValues, 1, read.ChannelCount * grid.ImageHeight, grid.ImageWidth))
                        .Row(0)
                        .ToArray();
                    var explained = ArgMax.Of(scores);
                    var subject = new PictureCase(
                        i, new($"{i}", picture, (int)labels[i], null), model, read, Mask: null, OtherMask: null, scores,
                        explained, explained);
                    return Line(i, measuring(subject, [new(MeasuredMethod.Given(Name, _ => map), map)], classifier.Workers, pool)[0]);
                }),
        ];
    }

    private static ResultLine Line(int index, JsonObject record)
        => new(CaseKind.Picture, index, $"{index}", "", Name, null, 0, 0, new Dictionary<string, string>(), record);

    private static List<RelevanceMap<float>> Maps(Checkpoint file, string path)
    {
        var shape = file.Find("maps").Shape;
        if (shape.Length != 3 || shape.Any(size => size is < 1 or > 65_535))
        {
            throw new BadInputException($"{path}: maps has shape ({string.Join(", ", shape)}), expected (N, rows, columns)");
        }

        var (count, rows, columns) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        var values = file.ReadSingles("maps");
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new RelevanceMap<float>
                {
                    Values = values[(i * rows * columns)..((i + 1) * rows * columns)],
                    Rows = rows,
                    Columns = columns,
                }),
        ];
    }

    private static (int[] Shape, byte[] Values) Bytes(Checkpoint file, string path, string name, int rank)
    {
        var (shape, type) = (file.Find(name).Shape, file.Find(name).Type);
        if (type is not (TensorType.U8 or TensorType.BOOL))
        {
            throw new BadInputException($"{path}: {name} is {type}, expected bytes (U8 or BOOL)");
        }

        return shape.Length == rank && shape.All(size => size is > 0 and <= 65_535)
            ? ([.. shape.Select(size => (int)size)], file.ReadBytes(name))
            : throw new BadInputException(
                $"{path}: {name} has shape ({string.Join(", ", shape)}), expected {rank} dimensions of 1 or more");
    }

    private static void Agree(string path, string name, int found, int expected)
    {
        if (found != expected)
        {
            throw new BadInputException($"{path}: {name} has {found} entries, maps has {expected}; expected as many");
        }
    }

    // Planes to pixels.
    private static RgbImage Picture(ReadOnlySpan<byte> planes, int height, int width)
    {
        var pixels = new byte[3 * height * width];
        for (var i = 0; i < height * width; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                pixels[(3 * i) + channel] = planes[(channel * height * width) + i];
            }
        }

        return new(width, height, pixels);
    }
}
