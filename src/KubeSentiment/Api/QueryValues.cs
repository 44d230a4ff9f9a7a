using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;

namespace KubeSentiment.Api;

/// <summary>Says which value of a query is not of the type that its route wants: the framework only says that one is.</summary>
internal static class QueryValues
{
    /// <summary>The first value that is wrong.</summary>
    /// <param name="context">A request that the framework took for malformed.</param>
    /// <returns>Null when no value is.</returns>
    public static ProblemResult? Problem(HttpContext context)
    {
        foreach (var parameter in context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType;
            var name = parameter.ParameterInfo.GetCustomAttributes(inherit: true).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name;
            if (Wanted(type, context.Request.Query[name].ToString()) is { } wanted)
            {
                return ProblemResult.OfQuery(name, $"The value of {name} must be {wanted}.");
            }
        }

        return null;
    }

    /// <summary>What the value must be; null where it is, or where the type is not one that can be wrong.</summary>
    private static string? Wanted(Type type, string value) => value.Length == 0 ? null
        : type == typeof(int) && !int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? "a whole number"
        : type == typeof(double) && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? "a number"
        : null;
}
