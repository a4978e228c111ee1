"""What Helm makes of a chart: charts as Helm reads them, values, the engines, and the objects in a render."""
