using System.Text.Json.Nodes;
using Mambascope.Training;

namespace Mambascope.Cli.Training;

/// <summary>A finished training, for people and for machines.</summary>
internal static class TrainingReport
{
    internal static void Write(TextWriter output, TrainedModel trained)
    {
        output.WriteLine(
            $"{trained.Folder}: {trained.Architecture} with {trained.Parameters:N0} parameters, {trained.Steps:N0} steps in "
                + $"{trained.Elapsed:h\\:mm\\:ss}, weights of step {trained.BestStep:N0}");
        if (trained.Test is { } test)
        {
            output.WriteLine(Words("test", test));
        }

        output.WriteLine(Words("validation", trained.Validation) + (trained.Test is null ? " (these cases chose the weights)" : ""));
        output.WriteLine($"confusion matrix, data and settings are in {Path.Combine(trained.Folder, "README.md")}");
    }

    internal static JsonObject Json(TrainedModel trained) => new()
    {
        ["folder"] = trained.Folder,
        ["architecture"] = trained.Architecture,
        ["parameters"] = trained.Parameters,
        ["steps"] = trained.Steps,
        ["best_step"] = trained.BestStep,
        ["temperature"] = trained.Temperature,
        ["seconds"] = Math.Round(trained.Elapsed.TotalSeconds, 1),
        ["validation"] = Json(trained.Validation),
        ["test"] = trained.Test is null ? null : Json(trained.Test),
        ["remarks"] = new JsonArray([.. trained.Remarks.Select(remark => (JsonNode)remark)]),
    };

    private static string Words(string name, ClassificationFigures figures)
        => $"{name} accuracy {100 * figures.Accuracy.Rate:0.0} % (95 % interval {100 * figures.Accuracy.Lower:0.0} to "
            + $"{100 * figures.Accuracy.Upper:0.0}), AUC {figures.Auc.Mean:0.000}, {figures.Count} cases";

    private static JsonObject Json(ClassificationFigures figures) => new()
    {
        ["count"] = figures.Count,
        ["accuracy"] = figures.Accuracy.Rate,
        ["accuracy_interval"] = new JsonArray(figures.Accuracy.Lower, figures.Accuracy.Upper),
        ["balanced_accuracy"] = figures.BalancedAccuracy,
        ["auc"] = figures.Auc.Mean,
        ["auc_interval"] = new JsonArray(figures.Auc.Lower, figures.Auc.Upper),
        ["loss"] = figures.Loss,
        ["calibration_error"] = figures.CalibrationError,
        ["confusion"] = new JsonArray([
            .. figures.Confusion.Select(row => (JsonNode)new JsonArray([.. row.Select(count => (JsonNode)count)])),
        ]),
    };
}
