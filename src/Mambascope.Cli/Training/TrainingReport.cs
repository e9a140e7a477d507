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
            output.WriteLine($"test {test.Words}");
        }

        output.WriteLine($"validation {trained.Validation.Words}" + (trained.Test is null ? " (these cases chose the weights)" : ""));
        var matrix = trained.Validation is ClassificationFigures ? "confusion matrix, " : "";
        output.WriteLine($"{matrix}data and settings are in {Path.Combine(trained.Folder, "README.md")}");
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

    private static JsonObject Json(ModelFigures figures) => figures switch
    {
        ClassificationFigures classes => Json(classes),
        RegressionFigures numbers => Json(numbers),
        _ => throw new InvalidOperationException($"{figures.GetType().Name} has no words"),
    };

    private static JsonObject Json(RegressionFigures figures) => new()
    {
        ["count"] = figures.Count,
        ["target"] = figures.Number.Name,
        ["unit"] = figures.Number.Unit,
        ["mean_absolute_error"] = figures.MeanAbsoluteError.Mean,
        ["mean_absolute_error_interval"] = new JsonArray(figures.MeanAbsoluteError.Lower, figures.MeanAbsoluteError.Upper),
        ["mean_absolute_error_of_mean"] = figures.MeanAbsoluteErrorOfMean,
        ["root_mean_square_error"] = figures.RootMeanSquareError.Mean,
        ["root_mean_square_error_interval"] = new JsonArray(figures.RootMeanSquareError.Lower, figures.RootMeanSquareError.Upper),
        ["r2"] = figures.R2.Mean,
        ["r2_interval"] = new JsonArray(figures.R2.Lower, figures.R2.Upper),
        ["loss"] = figures.Loss,
    };

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
